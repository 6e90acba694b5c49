"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/states";
import type { ApiKeyView } from "@/server/api/contract";

/** Asks before a key is taken away for good. */
export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKeyView | null; onClose: () => void }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const revoke = useMutation(
    trpc.apiKeys.revoke.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries({ queryKey: trpc.apiKeys.list.queryKey() });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open={apiKey !== null}
      onOpenChange={(open) => {
        if (open) return;
        revoke.reset();
        onClose();
      }}
      title={`Revoke ${apiKey?.name ?? "the key"}?`}
      description="Scripts that use this key are refused from their next call on. A revoked key cannot be brought back; agents are not touched."
    >
      {revoke.error && <ErrorNote error={revoke.error} what="The key was not revoked" />}
      <div className="row" style={{ justifyContent: "flex-end", marginTop: 16 }}>
        <button type="button" className="btn" data-safe onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="btn dan" disabled={revoke.isPending} onClick={() => apiKey && revoke.mutate({ apiKeyId: apiKey.id })}>
          {revoke.isPending ? "Revoking…" : "Revoke key"}
        </button>
      </div>
    </Dialog>
  );
}
