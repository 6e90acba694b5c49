import Link from "next/link";
import { formatFigure } from "@/components/format/decimal-text";
import type { DecisionDetail } from "@/server/api/contract";
import { Step } from "./step";

const CHANGES: Readonly<Record<NonNullable<DecisionDetail["goals"]>["change"], string>> = {
  scaled: "The entry was made smaller.",
  "held-back": "The entry was not made.",
  trimmed: "Something is sold instead.",
  none: "Nothing had to be changed.",
};

/** What the agent's goals made of the decision: asked without them, and what was judged. */
export function GoalsStep({ n, view }: { n: number; view: DecisionDetail }) {
  const { goals, decision, agent } = view;
  if (!goals) return null;
  const words = (d: { action: string; symbol: string; size: { unit: "quote" | "base"; amount: string } | null } | null): string => {
    if (!d) return "—";
    const unit = d.size?.unit === "base" ? d.symbol.split("/")[0] : agent.currency;
    return `${d.action} ${d.symbol}${d.size ? `, ${formatFigure(d.size.amount)} ${unit}` : ""}`;
  };
  const changed = goals.change !== "none";
  return (
    <Step n={n} id="goals" title="Goals" about={CHANGES[goals.change]} tone={changed ? "key" : undefined}>
      <div className="card card-b stack g3" style={{ paddingTop: 14 }}>
        <dl className="kv fs12">
          <dt>Without goals</dt>
          <dd>{words(goals.asked)}</dd>
          <dt>With goals</dt>
          <dd>{words(decision)}</dd>
          <dt>Entries at</dt>
          <dd>{formatFigure(`${Number(goals.scale) * 100}`, { max: 2 })} % of their size</dd>
          <dt>At most invested</dt>
          <dd>{goals.maxExposurePercent === null ? "—" : `${formatFigure(goals.maxExposurePercent, { max: 2 })} % of equity`}</dd>
          <dt>May still be lost</dt>
          <dd>{goals.maxLossLeft === null ? "—" : `${formatFigure(goals.maxLossLeft, { min: 2, max: 2 })} ${agent.currency}`}</dd>
        </dl>
        <ul className="fs12 t2 stack g1">
          {goals.reasons.map((r) => (
            <li key={r.goalId}>{r.text}</li>
          ))}
        </ul>
        <Link href="/goals" className="fs12">
          All goals
        </Link>
      </div>
    </Step>
  );
}
