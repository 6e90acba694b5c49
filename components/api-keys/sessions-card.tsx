"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import { browserName } from "./browser-name";

/** Where this person is signed in, with a way to end each. */
export function SessionsCard() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const query = useQuery(trpc.me.sessions.queryOptions());
  const revoke = useMutation(
    trpc.me.revokeSession.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.me.sessions.queryKey() }) }),
  );
  return (
    <section className="card" aria-labelledby="sessions-h">
      <div className="card-h">
        <h2 id="sessions-h">Sessions</h2>
        <span className="sub">browsers that are signed in with your wallet</span>
      </div>
      {query.error && (
        <div className="card-b">
          <ErrorNote error={query.error} what="The sessions could not be loaded" onRetry={() => void query.refetch()} />
        </div>
      )}
      {revoke.error && (
        <div className="card-b">
          <ErrorNote error={revoke.error} what="The session was not ended" />
        </div>
      )}
      {!query.data && !query.error && <Loading rows={2} label="Loading the sessions" />}
      {query.data && (
        <div className="tbl-w">
          <table className="tbl" aria-labelledby="sessions-h">
            <TableHead columns={["Browser", "Signed in", "Ends", ["Actions", "sr"]]} />
            <tbody>
              {query.data.map((session) => (
                <tr key={session.id}>
                  <td className="nowrap" title={session.userAgent ?? undefined}>
                    {browserName(session.userAgent)} {session.current && <span className="bdg acc">this browser</span>}
                  </td>
                  <td className="nowrap">
                    <Time at={session.createdAt} />
                  </td>
                  <td className="nowrap">
                    <Time at={session.expiresAt} />
                  </td>
                  <td className="r">
                    {!session.current && (
                      <button
                        type="button"
                        className="btn sm dan-o"
                        aria-label={`End session of ${browserName(session.userAgent)}`}
                        disabled={revoke.isPending}
                        onClick={() => revoke.mutate({ sessionId: session.id })}
                      >
                        End session
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
