import { formatMoney, percentOf, scaled, signOf } from "@/components/format/decimal-text";
import { Pnl } from "@/components/format/number";
import { Time } from "@/components/format/time";
import type { DecisionDetail } from "@/server/api/contract";
import { Step } from "./step";

/** What came of it next to what holding would have made, or when that will be known. */
export function OutcomeStep({ n, view }: { n: number; view: DecisionDetail }) {
  const { outcome, row, agent } = view;
  if (!outcome)
    return (
      <Step n={n} id="outcome" title="Outcome">
        <p className="card fs12 t2" style={{ padding: "12px 16px", display: "block" }}>
          {row.settleAt === null ? (
            "There is nothing to settle."
          ) : (
            <>
              Not settled yet. It settles at <Time at={row.settleAt} /> market time, when its orders have ended.
            </>
          )}
        </p>
      </Step>
    );
  const lines = [
    {
      name: "As executed",
      about: `orders of this decision, after ${formatMoney(outcome.feesPaid)} fees`,
      value: outcome.netPnl,
      colour: "var(--accent)",
    },
    { name: "Hold instead", about: "the position before it, left alone", value: outcome.holdPnl, colour: "var(--chart-bench, var(--text-3))" },
  ];
  const largest = lines.reduce((top, l) => (scaled(abs(l.value)) > scaled(top) ? abs(l.value) : top), "0");
  return (
    <Step n={n} id="outcome" title="Outcome" about="Measured once, at the settling time">
      <div className="card" style={{ padding: "12px 16px 14px" }}>
        {lines.map((line) => (
          <div className="cfrow" key={line.name}>
            <div>
              <span className="med">{line.name}</span>
              <div className="fs11 t3">{line.about}</div>
            </div>
            <div className="cfbar" aria-hidden="true">
              <i style={{ width: `${percentOf(abs(line.value), largest)}%`, background: line.colour, opacity: signOf(line.value) < 0 ? 0.45 : 1 }} />
            </div>
            <div className="right">
              <Pnl value={line.value} />
            </div>
          </div>
        ))}
        <dl className="kv fs12 card-line" style={{ marginTop: 10, paddingTop: 10 }}>
          <dt>Realised</dt>
          <dd>
            {formatMoney(outcome.realisedPnl, true)} {agent.currency}
          </dd>
          <dt>Still open, at the settling price</dt>
          <dd>
            {formatMoney(outcome.markPnl, true)} {agent.currency}
          </dd>
          <dt>Fees</dt>
          <dd>
            {formatMoney(outcome.feesPaid)} {agent.currency}
          </dd>
          <dt>Settled</dt>
          <dd>
            <Time at={outcome.settledAt} />
          </dd>
        </dl>
      </div>
    </Step>
  );
}

const abs = (text: string): string => text.replace("-", "");
