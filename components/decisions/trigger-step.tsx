import { Time } from "@/components/format/time";
import type { DecisionDetail } from "@/server/api/contract";
import { Step } from "./step";

const KINDS: Readonly<Record<DecisionDetail["trigger"]["kind"], string>> = { schedule: "Schedule", manual: "By hand", flatten: "Sell everything" };

/** Why the agent woke up. */
export function TriggerStep({ n, view }: { n: number; view: DecisionDetail }) {
  return (
    <Step n={n} id="trigger" title="Trigger" about="Why the agent woke up">
      <div className="card">
        <dl className="kv fs12" style={{ padding: "12px 16px" }}>
          <dt>{KINDS[view.trigger.kind]}</dt>
          <dd>{view.trigger.text}</dd>
          <dt>Market time</dt>
          <dd>
            <Time at={view.row.at} />
          </dd>
          <dt>Decided by</dt>
          <dd>
            {view.agent.deciderLabel}
            {view.agent.deciderIsModel ? "" : " (rules, not a language model)"}
          </dd>
        </dl>
      </div>
    </Step>
  );
}
