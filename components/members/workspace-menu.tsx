"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useTRPC } from "@/components/api/trpc";
import { roleLabel } from "./role-words";

/** In the account menu: which workspace is on screen, when there are several. */
export function WorkspaceMenu() {
  const trpc = useTRPC();
  const query = useQuery(trpc.me.workspaces.queryOptions());
  // Everything on screen belongs to the other one: it is asked for anew from the start.
  const choose = useMutation(trpc.me.chooseWorkspace.mutationOptions({ onSuccess: () => window.location.assign("/overview") }));
  if (!query.data || query.data.length < 2) return null;
  const current = query.data.find((w) => w.current);
  return (
    <>
      <DropdownMenu.Label className="t3 fs11" style={{ padding: "6px 10px 2px" }}>
        Workspace
      </DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={current?.id ?? ""} onValueChange={(workspaceId) => choose.mutate({ workspaceId })}>
        {query.data.map((w) => (
          <DropdownMenu.RadioItem key={w.id} value={w.id}>
            <Check className="i" aria-hidden="true" style={w.current ? undefined : { visibility: "hidden" }} />
            {w.name}
            <span className="t3 fs11">{roleLabel(w.role)}</span>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <DropdownMenu.Separator className="sep" />
    </>
  );
}
