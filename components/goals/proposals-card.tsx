"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { Money } from "@/components/format/number";
import { Time } from "@/components/format/time";
import { RightButton } from "@/components/members/right-button";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { ErrorNote } from "@/components/ui/states";
import type { ProposalView } from "@/server/api/contract/goals";
import { useGoalsChange } from "./use-goals-change";

/** Capital that the goals would have elsewhere. Nothing moves before it is applied, unless every goal concerned allows it. */
export function ProposalsCard({ proposals }: { proposals: readonly ProposalView[] }) {
  if (proposals.length === 0) return null;
  return (
    <section className="card" aria-labelledby="proposals-h">
      <div className="card-h">
        <h2 id="proposals-h">Capital by goals</h2>
        <span className="sub">priority × odds × what is missing, between half and twice what each has</span>
      </div>
      <div className="stack g3 card-b">
        {proposals.slice(0, 5).map((p) => (
          <Proposal key={p.id} proposal={p} />
        ))}
      </div>
    </section>
  );
}

function Proposal({ proposal: p }: { proposal: ProposalView }) {
  const trpc = useTRPC();
  const changed = useGoalsChange();
  const apply = useMutation(trpc.goals.applyProposal.mutationOptions({ onSettled: changed }));
  const undo = useMutation(trpc.goals.undoProposal.mutationOptions({ onSettled: changed }));
  const dismiss = useMutation(trpc.goals.dismissProposal.mutationOptions({ onSettled: changed }));
  const error = apply.error ?? undo.error ?? dismiss.error;
  const busy = apply.isPending || undo.isPending || dismiss.isPending;
  const id = { proposalId: p.id };
  return (
    <div className="stack g2 goal-draft">
      <p>
        <b className="med">{p.why}</b> <span className="bdg">{p.status}</span>{" "}
        <span className="fs12 t3">
          <Time at={p.at} />
        </span>
      </p>
      {p.reason && <p className="note warn fs12">{p.reason}</p>}
      <ScrollRegion label={`Proposed capital of ${p.node?.name ?? "a wallet"}`}>
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">Wallet</th>
              <th scope="col" className="r">
                Now, {p.node?.currency}
              </th>
              <th scope="col" className="r">
                Wanted
              </th>
              <th scope="col" className="r">
                May lose
              </th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {p.shares.map((s) => (
              <tr key={s.nodeId}>
                <td>{s.name}</td>
                <td className="r">
                  <Money value={s.equity} />
                </td>
                <td className="r">
                  <Money value={s.wanted} />
                </td>
                <td className="r">
                  <Money value={s.riskBudget} />
                </td>
                <td className="fs12 t2">{s.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      <p className="fs12 t2">
        Only free cash moves: {p.moves.map((m) => `${Number(m.amount).toFixed(2)} from ${m.from} to ${m.to}`).join("; ") || "nothing"}.
      </p>
      {error && <ErrorNote error={error} what="The proposal was not carried out" />}
      <div className="row wrap g2">
        {(p.status === "open" || p.status === "applying") && (
          <RightButton right="trade" className="btn pri sm" disabled={busy} onClick={() => apply.mutate(id)}>
            {p.status === "open" ? "Apply" : "Go on applying"}
          </RightButton>
        )}
        {p.status === "open" && (
          <RightButton right="trade" className="btn sm" disabled={busy} onClick={() => dismiss.mutate(id)}>
            Dismiss
          </RightButton>
        )}
        {p.status === "applied" && (
          <RightButton right="trade" className="btn sm" disabled={busy} onClick={() => undo.mutate(id)}>
            Move it back
          </RightButton>
        )}
      </div>
    </div>
  );
}
