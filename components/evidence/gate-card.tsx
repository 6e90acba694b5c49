import { CircleCheck, CircleDashed } from "lucide-react";
import Link from "next/link";
import { formatDecimal } from "@/components/format/decimal-text";
import { utcDateTime } from "@/components/format/time-text";
import type { EvidenceView, GateConditionView } from "@/server/api/contract";
import { RequestLive } from "./request-live";

/** Each condition with both of its numbers, the permission if there is one, and the way to ask for it. */
export function GateCard({ evidence: e }: { evidence: EvidenceView }) {
  const { gate, allowed } = e;
  const state = allowed ? (allowed.outcome === "overridden" ? "Allowed by override" : "Allowed") : gate.passed ? "Ready" : "Not yet";
  return (
    <section className="gate" aria-label="Leaving paper">
      <div className="row between">
        <h3>May it leave paper?</h3>
        <span className="bdg" data-testid="gate-state">
          {state}
        </span>
      </div>
      {!gate.enabled && <p className="note warn">The gate is switched off for this workspace: whatever asks may leave paper.</p>}
      <ul className="list">
        {gate.conditions.map((c) => (
          <Condition key={c.id} condition={c} />
        ))}
      </ul>
      {allowed && (
        <p className="t2">
          Version {allowed.configVersion} was allowed on {utcDateTime(allowed.at)}
          {allowed.outcome === "overridden" ? " against the gate, by typed confirmation" : ""}. An edit ends it.
        </p>
      )}
      <p className="t3">No venue for live trading is connected yet: a permission is kept on record, and the agent goes on trading on paper.</p>
      <Link className="link" href="/settings">
        Change the thresholds
      </Link>
      <RequestLive evidence={e} />
    </section>
  );
}

function Condition({ condition: c }: { condition: GateConditionView }) {
  const trades = c.id === "trades";
  const text = (x: number): string => formatDecimal(String(x), trades ? 0 : 3);
  const share = Math.max(0, Math.min(1, (c.has ?? 0) / c.needs)) * 100;
  const label = trades ? "Trades out of sample" : "Deflated Sharpe ratio, every look counted";
  return (
    <li className="stack g1">
      <span className="row">
        {c.met ? <CircleCheck className="i i-s" aria-hidden="true" /> : <CircleDashed className="i i-s t3" aria-hidden="true" />}
        <span className="grow">
          {label} <span className="sr">{c.met ? "(met)" : "(not met)"}</span>
        </span>
        <span className="num t2">
          {c.has === null ? "not known" : text(c.has)} of {text(c.needs)}
        </span>
      </span>
      <span className="bar" aria-hidden="true">
        <i className="acc" style={{ width: `${share}%` }} />
      </span>
      {c.why && <span className="fs12 t3">{c.why.message}</span>}
    </li>
  );
}
