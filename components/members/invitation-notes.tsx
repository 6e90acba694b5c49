"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MailOpen } from "lucide-react";
import { useTRPC, useTRPCClient } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { ErrorNote } from "@/components/ui/states";
import { roleLabel, shortAddress } from "./role-words";

/** Invitations for the address that is signed in, above every page until they are answered. */
export function InvitationNotes() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const cache = useQueryClient();
  const query = useQuery(trpc.me.invitations.queryOptions(undefined, { refetchInterval: 60_000 }));
  const answer = useMutation({
    async mutationFn(input: { invitationId: string; accept: boolean }) {
      const { workspaceId } = await client.me.answerInvitation.mutate(input);
      if (input.accept) await client.me.chooseWorkspace.mutate({ workspaceId });
      return input.accept;
    },
    onSuccess: (joined) => (joined ? window.location.assign("/overview") : cache.invalidateQueries({ queryKey: trpc.me.invitations.queryKey() })),
  });
  if (!query.data?.length) return null;
  return (
    <section className="stack g2" aria-label="Invitations" style={{ marginBottom: 16 }}>
      {query.data.map((i) => (
        <div className="note info" key={i.id}>
          <MailOpen className="i" aria-hidden="true" />
          <p className="grow">
            {i.invitedBy ? <span className="mono">{shortAddress(i.invitedBy)}</span> : "Somebody"} invites you to{" "}
            <b className="med">{i.workspaceName}</b> as {roleLabel(i.role).toLowerCase()}, until <Time at={i.expiresAt} />.
          </p>
          <div className="row">
            <button type="button" className="btn sm" disabled={answer.isPending} onClick={() => answer.mutate({ invitationId: i.id, accept: false })}>
              Decline
            </button>
            <button
              type="button"
              className="btn sm pri"
              disabled={answer.isPending}
              onClick={() => answer.mutate({ invitationId: i.id, accept: true })}
            >
              Join
            </button>
          </div>
        </div>
      ))}
      {answer.error && <ErrorNote error={answer.error} what="The invitation was not answered" />}
    </section>
  );
}
