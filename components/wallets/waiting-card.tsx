"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { formatDecimal } from "@/components/format/decimal-text";
import { RightButton } from "@/components/members/right-button";
import { ErrorNote } from "@/components/ui/states";
import type { MovementView, RebalanceView } from "@/server/api/contract/wallets";
import { MOVEMENT_WORDS, POLICY_WORDS } from "./wallet-words";

/** What somebody has to agree to, and what is still under way. Not shown while nothing waits. */
export function WaitingCard({ waiting, rebalances }: { waiting: readonly MovementView[]; rebalances: readonly RebalanceView[] }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const done = { onSuccess: () => void cache.invalidateQueries() };
  const decide = useMutation(trpc.wallets.decide.mutationOptions(done));
  const cancel = useMutation(trpc.wallets.cancelRecall.mutationOptions(done));
  const accept = useMutation(trpc.wallets.acceptRebalance.mutationOptions(done));
  const open = rebalances.filter((r) => r.status === "proposed" || r.status === "running");
  if (waiting.length === 0 && open.length === 0) return null;
  return (
    <section className="card s12" aria-labelledby="waiting-h">
      <div className="card-h">
        <h2 id="waiting-h">Waits for you</h2>
        <span className="sub">nothing of this has moved yet</span>
      </div>
      {decide.error && <ErrorNote error={decide.error} what="Nothing was moved" />}
      {cancel.error && <ErrorNote error={cancel.error} what="The recall was not cancelled" />}
      {accept.error && <ErrorNote error={accept.error} what="Nothing was moved" />}
      <ul className="list card-b">
        {waiting.map((m) => (
          <li key={m.id} className="row g3 wrap alert">
            <span className="grow">
              <span className="med">
                {MOVEMENT_WORDS[m.kind] ?? m.kind} of {formatDecimal(m.amount, 2)} {m.currency}
              </span>{" "}
              from {m.from?.name ?? "outside"} to {m.to?.name ?? "outside"}
              <span className="fs12 t3" style={{ display: "block" }}>
                {m.waitsFor === "closing" ? "until its positions are sold" : `asked by ${m.actorName}; a second person must agree`}
                {m.why && `: ${m.why}`}
              </span>
            </span>
            {m.waitsFor === "closing" && (
              <RightButton right="trade" className="btn sm" disabled={cancel.isPending} onClick={() => cancel.mutate({ movementId: m.id })}>
                Cancel the recall
              </RightButton>
            )}
            {m.waitsFor === "approval" && (
              <>
                {!m.own && (
                  <RightButton
                    right="own"
                    className="btn sm pri"
                    disabled={decide.isPending}
                    onClick={() => decide.mutate({ movementId: m.id, agreed: true })}
                  >
                    Agree and move
                  </RightButton>
                )}
                <RightButton
                  right="own"
                  className="btn sm"
                  disabled={decide.isPending}
                  onClick={() => decide.mutate({ movementId: m.id, agreed: false })}
                >
                  {m.own ? "Withdraw the request" : "Refuse"}
                </RightButton>
              </>
            )}
          </li>
        ))}
        {open.map((r) => (
          <li key={r.id} className="row g3 wrap alert">
            <span className="grow">
              <span className="med">Rebalancing of {r.node || "a wallet"}</span>, {(POLICY_WORDS[r.policy]?.name ?? r.policy).toLowerCase()}:{" "}
              {r.total} {r.total === 1 ? "movement" : "movements"}, {formatDecimal(r.amount, 2)} in all
              <span className="fs12 t3" style={{ display: "block" }}>
                {r.status === "running"
                  ? `${r.done} of ${r.total} made`
                  : r.needsApproval
                    ? "large: a second person must agree"
                    : "proposed by schedule"}
              </span>
            </span>
            {r.status === "proposed" && !(r.needsApproval && r.own) && (
              <RightButton right="own" className="btn sm pri" disabled={accept.isPending} onClick={() => accept.mutate({ rebalanceId: r.id })}>
                Agree and move
              </RightButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
