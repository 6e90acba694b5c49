"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/states";
import type { MemberView } from "@/server/api/contract/people";
import { RoleChoice } from "./role-choice";
import { shortAddress } from "./role-words";
import { useMembersChange } from "./use-members-change";

/** Gives a member another role, or takes them out. */
export function RoleDialog({ member, onClose }: { member: MemberView; onClose: () => void }) {
  const trpc = useTRPC();
  const changed = useMembersChange();
  const [role, setRole] = useState(member.role);
  const done = async () => {
    await changed();
    onClose();
  };
  const setIt = useMutation(trpc.members.setRole.mutationOptions({ onSuccess: done }));
  const remove = useMutation(trpc.members.remove.mutationOptions({ onSuccess: done }));
  const busy = setIt.isPending || remove.isPending;
  const { userId } = member;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${shortAddress(member.address)}${member.you ? ", you" : ""}`}
      description="A change takes effect with the person's next click. Removing ends their API keys and live pages here at once."
    >
      <div className="stack g4" style={{ marginTop: 12 }}>
        <RoleChoice value={role} onChange={setRole} />
        {setIt.error && <ErrorNote error={setIt.error} what="The role was not changed" />}
        {remove.error && <ErrorNote error={remove.error} what="The person was not removed" />}
        <div className="row wrap" style={{ justifyContent: "space-between" }}>
          <button type="button" className="btn dan-o" disabled={busy} onClick={() => remove.mutate({ userId })}>
            {remove.isPending ? "Removing…" : "Remove from the workspace"}
          </button>
          <div className="row">
            <button type="button" className="btn" data-safe onClick={onClose}>
              Cancel
            </button>
            <button type="button" className="btn pri" disabled={busy || role === member.role} onClick={() => setIt.mutate({ userId, role })}>
              {setIt.isPending ? "Saving…" : "Save role"}
            </button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}
