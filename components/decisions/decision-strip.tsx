import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { formatFigure, formatMoney, signOf, sumText } from "@/components/format/decimal-text";
import { Pnl } from "@/components/format/number";
import { durationWords, utcTime } from "@/components/format/time-text";
import type { DecisionDetail } from "@/server/api/contract";
import { ruleName, verdictWord } from "./rule-words";

/** Asked → allowed → filled → result → against hold. */
export function DecisionStrip({ view }: { view: DecisionDetail }) {
  return (
    <section className="card flow" aria-label="From asked to result">
      <Asked view={view} />
      <Allowed view={view} />
      <Filled view={view} />
      <Result view={view} />
      <AgainstHold view={view} />
    </section>
  );
}

function Cell({ label, figure, note, first = false, tone }: { label: string; figure: ReactNode; note: ReactNode; first?: boolean; tone?: string }) {
  return (
    <div style={tone ? { background: `var(--${tone}-soft)` } : undefined}>
      {!first && (
        <span className="nx" aria-hidden="true">
          <ChevronRight className="i i-xs" />
        </span>
      )}
      <div className={tone ? `fig-l ${tone}` : "fig-l"}>{label}</div>
      <div className="fig-m">{figure}</div>
      <div className="fs12 t3">{note}</div>
    </div>
  );
}

const NONE = <span className="t3">—</span>;
const quantity = (text: string, symbol: string | null): ReactNode => (
  <>
    {formatFigure(text, { max: 6 })}
    <span className="u">{symbol?.split("/")[0]}</span>
  </>
);

function Asked({ view: { verdict, decision, row } }: { view: DecisionDetail }) {
  const none = !verdict || verdict.outcome === "no-order";
  const note = decision ? `confidence ${decision.confidence.toFixed(2)}` : "no decision yet";
  return (
    <Cell
      first
      label={none ? "Asked for" : `Asked to ${row.action ?? "trade"}`}
      figure={none ? "no order" : quantity(verdict.askedQuantity, row.symbol)}
      note={note}
    />
  );
}

function Allowed({ view: { verdict, row } }: { view: DecisionDetail }) {
  if (!verdict) return <Cell label="Risk verdict" figure={NONE} note="not judged yet" />;
  if (verdict.outcome === "no-order") return <Cell label="Risk verdict" figure={NONE} note="nothing to judge" />;
  const { word, tone } = verdictWord(verdict.outcome);
  const label = verdict.outcome === "approve" ? "Risk allowed it" : `Risk ${word.toLowerCase()} it`;
  const note = verdict.decidedBy ? `decided by: ${ruleName(verdict.decidedBy).toLowerCase()}` : "within every limit";
  return (
    <Cell label={label} figure={quantity(verdict.allowedQuantity, row.symbol)} note={note} tone={verdict.outcome === "approve" ? undefined : tone} />
  );
}

function Filled({ view: { row, fills, agent } }: { view: DecisionDetail }) {
  if (!row.filledQuantity || signOf(row.filledQuantity) === 0)
    return <Cell label="Filled" figure={NONE} note={row.filledQuantity ? "nothing filled yet" : "no order was sent"} />;
  const value = sumText(fills.map((f) => f.notional));
  const fees = sumText(fills.map((f) => f.fee));
  const note = `${fills.length} ${fills.length === 1 ? "fill" : "fills"}, ${formatMoney(value)} ${agent.currency}, fee ${formatFigure(fees, { min: 2, max: 4 })}`;
  const figure = (
    <>
      {formatFigure(row.filledQuantity, { max: 6 })}
      {row.fillPrice && <span className="u">at {formatFigure(row.fillPrice, { max: 6 })}</span>}
    </>
  );
  return <Cell label="Filled" figure={figure} note={note} />;
}

function Result({ view: { outcome, row, agent } }: { view: DecisionDetail }) {
  if (!outcome)
    return <Cell label="Result, net" figure={NONE} note={row.settleAt ? `settles at ${utcTime(row.settleAt)} UTC` : "nothing to settle"} />;
  const after = outcome.settledAt > row.at ? `Result after ${durationWords(outcome.settledAt - row.at)}, net` : "Result, net";
  return (
    <Cell
      label={after}
      figure={<Pnl value={outcome.netPnl} unit={agent.currency} />}
      note={`after ${formatFigure(outcome.feesPaid, { min: 2, max: 4 })} fees`}
    />
  );
}

function AgainstHold({ view: { outcome, agent } }: { view: DecisionDetail }) {
  if (!outcome) return <Cell label="Against hold" figure={NONE} note="known when it settles" />;
  const difference = sumText([outcome.netPnl, outcome.holdPnl.startsWith("-") ? outcome.holdPnl.slice(1) : `-${outcome.holdPnl}`]);
  return (
    <Cell
      label="Against hold"
      figure={<Pnl value={difference} unit={agent.currency} />}
      note={`holding made ${formatMoney(outcome.holdPnl, true)}`}
    />
  );
}
