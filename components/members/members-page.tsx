"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { InvitationView, MembersView, MemberView } from "@/server/api/contract/people";
import { InviteDialog } from "./invite-dialog";
import { LeaveCard } from "./leave-card";
import { RoleDialog } from "./role-dialog";
import { ROLES, roleLabel } from "./role-words";
import { useMembersChange } from "./use-members-change";

/** Who belongs to this workspace, what each may do, and who is invited. */
export function MembersPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.members.list.queryOptions());
  const [inviting, setInviting] = useState(false);
  const page = query.data;
  const owner = page?.yourRole === "owner";
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Members</h1>
          <div className="scope">
            <span>who may see this workspace, and who may act in it</span>
          </div>
        </div>
        {owner && (
          <button type="button" className="btn pri" onClick={() => setInviting(true)}>
            <UserPlus className="i" aria-hidden="true" />
            Invite
          </button>
        )}
      </div>
      {query.error && <ErrorNote error={query.error} what="The members could not be loaded" onRetry={() => void query.refetch()} />}
      {!page && !query.error && (
        <div className="card">
          <Loading rows={3} label="Loading the members" />
        </div>
      )}
      {page && (
        <div className="grid">
          <People page={page} />
          <Roles />
          <Invitations invitations={page.invitations} owner={owner} />
          {page.members.length > 1 && <LeaveCard />}
        </div>
      )}
      <InviteDialog open={inviting} onOpenChange={setInviting} />
    </>
  );
}

function People({ page }: { page: MembersView }) {
  const [editing, setEditing] = useState<MemberView | null>(null);
  return (
    <section className="card s8" aria-labelledby="people-h">
      <div className="card-h">
        <h2 id="people-h">People</h2>
        <span className="sub">{page.yourRole === "owner" ? "you are an owner" : `you are a ${page.yourRole}: only owners change this`}</span>
      </div>
      <div className="tbl-w">
        <table className="tbl" aria-labelledby="people-h" data-testid="members">
          <TableHead columns={["Wallet", "Role", "Joined", ["Actions", "sr"]]} />
          <tbody>
            {page.members.map((m) => (
              <tr key={m.userId} style={{ height: 48 }}>
                <td>
                  {m.isDemo ? <span className="med">Demo trader</span> : <span className="mono brk">{m.address}</span>}
                  {m.you && <span className="nm2">you</span>}
                </td>
                <td>{roleLabel(m.role)}</td>
                <td className="nowrap">
                  <Time at={m.joinedAt} />
                </td>
                <td className="r">
                  {page.yourRole === "owner" && (
                    <button type="button" className="btn sm" aria-label={`Change ${m.address}`} onClick={() => setEditing(m)}>
                      Change
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {editing && <RoleDialog member={editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

const Roles = () => (
  <section className="card s4" aria-labelledby="roles-h">
    <div className="card-h">
      <h2 id="roles-h">What the roles may do</h2>
    </div>
    <dl className="card-b stack g3">
      {ROLES.map(({ role, label, may }) => (
        <div key={role}>
          <dt className="med">{label}</dt>
          <dd className="t2">{may}</dd>
        </div>
      ))}
    </dl>
  </section>
);

function Invitations({ invitations, owner }: { invitations: readonly InvitationView[]; owner: boolean }) {
  const trpc = useTRPC();
  const changed = useMembersChange();
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions({ onSettled: changed }));
  return (
    <section className="card s8" aria-labelledby="invited-h">
      <div className="card-h">
        <h2 id="invited-h">Open invitations</h2>
      </div>
      {revoke.error && <ErrorNote error={revoke.error} what="The invitation was not revoked" />}
      {invitations.length === 0 ? (
        <Empty title="Nobody is invited">{owner ? "Invite a wallet address to let somebody in." : null}</Empty>
      ) : (
        <div className="tbl-w">
          <table className="tbl" aria-labelledby="invited-h" data-testid="invitations">
            <TableHead columns={["Wallet", "As", "Until", ["Actions", "sr"]]} />
            <tbody>
              {invitations.map((i) => (
                <tr key={i.id} style={{ height: 48 }}>
                  <td>
                    <span className="mono brk">{i.address}</span>
                    {i.chainId !== 1 && <span className="nm2">contract wallet on chain {i.chainId}</span>}
                  </td>
                  <td>{roleLabel(i.role)}</td>
                  <td className="nowrap">
                    <Time at={i.expiresAt} />
                  </td>
                  <td className="r">
                    {owner && (
                      <button
                        type="button"
                        className="btn sm dan-o"
                        aria-label={`Revoke the invitation of ${i.address}`}
                        disabled={revoke.isPending}
                        onClick={() => revoke.mutate({ invitationId: i.id })}
                      >
                        Revoke
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
