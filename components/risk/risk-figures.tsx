import { Money } from "@/components/format/number";
import type { Figure, PortfolioRiskView } from "@/server/api/contract/risk";
import { METHOD_WORDS, type Method, shareText } from "./risk-words";

const HORIZON_WORDS = { "1h": "an hour", "4h": "four hours", "1d": "a day" } as const;

/** The figures of a portfolio side by side; what cannot be computed says why. */
export function RiskFigures({ risk: r, method }: { risk: PortfolioRiskView; method: Method }) {
  const m = r.methods[method];
  const confidence = `${Number((r.confidence * 100).toFixed(1))} %`;
  const horizon = HORIZON_WORDS[r.horizon];
  const once = Math.round(1 / (1 - r.confidence));
  return (
    <section className="card" aria-label="Risk in figures">
      <div className="strip risk-strip">
        <div>
          <div className="fig-l">Value at risk, {confidence}</div>
          {m.ok ? (
            <>
              <div className="fig-m" data-testid="var">
                <Money value={m.value.valueAtRisk.money} unit={r.currency} />
              </div>
              <div className="fs12 t3">
                {shareText(m.value.valueAtRisk.share)} of equity; one in {once} of {horizon} may be worse
              </div>
            </>
          ) : (
            <None reason={m.message} />
          )}
        </div>
        <div>
          <div className="fig-l">Expected shortfall, {confidence}</div>
          {m.ok ? (
            <>
              <div className="fig-m">
                <Money value={m.value.expectedShortfall.money} unit={r.currency} />
              </div>
              <div className="fs12 t3">the mean of those that are worse</div>
            </>
          ) : (
            <None reason={m.message} />
          )}
        </div>
        <div>
          <div className="fig-l">Exposure</div>
          <div className="fig-m">
            <Money value={r.gross} unit={r.currency} />
          </div>
          <div className="fs12 t3">
            of <Money value={r.equity} unit={r.currency} /> equity; spot, long only
          </div>
        </div>
        <Small label={`Beta to ${r.benchmark.split("/")[0]}`} of={r.beta} show={(b) => b.toFixed(2)} note="how much it moves with it" />
        <Small
          label="Drawdown of these holdings"
          of={r.drawdown}
          show={(d) => shareText(d.max)}
          note={r.drawdown.ok ? `now ${shareText(r.drawdown.value.current)}; over the period of the returns` : ""}
        />
        <Small
          label="Days to leave everything"
          of={r.liquidity}
          show={(l) => (l.days < 0.01 ? "under 0.01" : l.days.toFixed(2))}
          note={r.liquidity.ok ? `at ${shareText(r.liquidity.value.participation, 0)} of each market's volume` : ""}
        />
      </div>
      <p className="card-line fs12 t3" style={{ padding: "10px 16px" }}>
        {METHOD_WORDS[method].name}: {METHOD_WORDS[method].says}
        {method === "monte-carlo" && ` (${r.monteCarlo.scenarios.toLocaleString("en-US")} draws, seed ${r.monteCarlo.seed})`}.{" "}
        {r.returns.ok && `From ${r.returns.value} returns of ${horizon}. `}
        {m.ok && !m.value.reliable && "Skewness and tails lie outside the range in which this correction holds: prefer another method. "}
        <Backtest of={r.backtest} confidence={confidence} />
      </p>
    </section>
  );
}

const None = ({ reason }: { reason: string }) => (
  <>
    <div className="fig-m t3">—</div>
    <div className="fs12 t3">{reason}</div>
  </>
);

function Small<T>({ label, of, show, note }: { label: string; of: Figure<T>; show: (value: T) => string; note: string }) {
  return (
    <div>
      <div className="fig-l">{label}</div>
      {of.ok ? (
        <>
          <div className="fig-m num">{show(of.value)}</div>
          <div className="fs12 t3">{note}</div>
        </>
      ) : (
        <None reason={of.message} />
      )}
    </div>
  );
}

/** Whether the historical method would have held for these holdings. */
function Backtest({ of, confidence }: { of: PortfolioRiskView["backtest"]; confidence: string }) {
  if (!of.ok) return <>No backtest: {of.message}</>;
  const b = of.value;
  const p = (x: number) => (x < 0.001 ? "below 0.001" : x.toFixed(3));
  const right = b.coverage.pValue >= 0.05;
  return (
    <>
      Backtest of the historical method on today&apos;s weights: the loss was larger {b.violations} times in {b.observations}, {b.expected.toFixed(1)}{" "}
      were to be expected at {confidence} (Kupiec p {p(b.coverage.pValue)}
      {b.independence && `, Christoffersen p ${p(b.independence.pValue)}`}): {right ? "it held" : "it did not hold"}.
    </>
  );
}
