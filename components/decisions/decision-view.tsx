import { TriangleAlert } from "lucide-react";
import type { DecisionDetail, ReplayView } from "@/server/api/contract";
import { ContextStep } from "./context-step";
import { DecisionAside } from "./decision-aside";
import { DecisionHeader } from "./decision-header";
import { DecisionRail, type RailStep } from "./decision-rail";
import { DecisionStrip } from "./decision-strip";
import { GoalsStep } from "./goals-step";
import { LedgerStep } from "./ledger-step";
import { ModelStep } from "./model-step";
import { OrdersStep } from "./orders-step";
import { OutcomeStep } from "./outcome-step";
import { ProofStep } from "./proof-step";
import type { ReplayState } from "./replay-state";
import { TriggerStep } from "./trigger-step";
import { VerdictStep } from "./verdict-step";

type Props = { view: DecisionDetail; replay: ReplayState; result: ReplayView | undefined; onReplay: () => void };

/** One decision from start to end: why it woke up, what it saw, what was decided, allowed, done, booked and proven. */
export function DecisionView({ view, replay, result, onReplay }: Props) {
  const { phase, reason } = view.row;
  const more = view.goals ? 1 : 0;
  const ended = phase === "failed" || phase === "skipped";
  const steps: RailStep[] = [
    { id: "trigger", title: "Trigger" },
    { id: "context", title: "Context" },
    { id: "model", title: view.agent.deciderIsModel ? "Model" : "Decision" },
    ...(view.goals ? [{ id: "goals", title: "Goals" }] : []),
    { id: "verdict", title: "Risk verdict" },
    { id: "orders", title: "Order and fills" },
    { id: "ledger", title: "Ledger" },
    { id: "outcome", title: "Outcome" },
    { id: "proof", title: "Proof" },
  ];
  return (
    <>
      <DecisionHeader view={view} />
      {ended && (
        <div className={phase === "failed" ? "note loss" : "note warn"} role="status">
          <TriangleAlert className="i" aria-hidden="true" />
          <p>
            <b className="semi">{phase === "failed" ? "This turn failed." : "This turn was skipped."}</b> {reason ?? "No reason was recorded."} No
            order was sent after that.
          </p>
        </div>
      )}
      <DecisionStrip view={view} />
      <div className="trace">
        <DecisionRail steps={steps} timings={view.timings} />
        <div style={{ minWidth: 0 }}>
          <TriggerStep n={1} view={view} />
          <ContextStep n={2} view={view} />
          <ModelStep n={3} view={view} />
          <GoalsStep n={4} view={view} />
          <VerdictStep n={4 + more} view={view} />
          <OrdersStep n={5 + more} view={view} />
          <LedgerStep n={6 + more} view={view} />
          <OutcomeStep n={7 + more} view={view} />
          <ProofStep n={8 + more} view={view} replay={replay} result={result} onReplay={onReplay} />
        </div>
        <DecisionAside view={view} />
      </div>
    </>
  );
}
