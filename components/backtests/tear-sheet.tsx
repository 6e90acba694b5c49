"use client";
import { CurvesChart } from "@/components/charts/curves-chart";
import { Money, Return } from "@/components/format/number";
import { shortDuration } from "@/components/format/time-text";
import { FigureStrip } from "@/components/ui/figure-strip";
import type { BacktestRow } from "@/server/api/contract/backtests";
import type { BacktestResult } from "@/server/backtest";
import { AgentLines } from "./agent-lines";
import { CostCard } from "./cost-card";
import { DrawdownChart } from "./drawdown-chart";
import { Ratio, Share, SignedReturn, textOf } from "./figures";
import { MonthlyTable } from "./monthly-table";
import { RandomCard } from "./random-card";
import { drawdown, netReturn } from "./strip-figures";
import { TradesCard } from "./trades-card";

/** Answer, then evidence, then raw data: one run's result on a page. */
export function TearSheet({ result, row }: { result: BacktestResult; row: BacktestRow }) {
  const times = result.curve.map((p) => p.at);
  const capital = Number(result.capital);
  const simulated = result.source.kind === "simulated";
  const band = result.random && {
    name: "Random entries, 5 to 95 %",
    times: result.random.band.map((b) => b.at),
    low: result.random.band.map((b) => b.low),
    high: result.random.band.map((b) => b.high),
  };
  return (
    <>
      <Strip result={result} row={row} />
      <Quality result={result} />
      <div className="grid">
        <section className="card s8" aria-label="Equity">
          <div className="card-h">
            <h2>Equity</h2>
            <span className="sub">net of fees and slippage; hold with the same money and fee</span>
          </div>
          <CurvesChart
            times={times}
            band={band}
            currency={result.currency}
            simulated={simulated}
            curves={[
              { name: row.name, color: "var(--accent)", kind: "own", values: result.curve.map((p) => p.equity) },
              { name: "Held instead", color: "var(--chart-bench)", kind: "bench", values: result.curve.map((p) => p.hold) },
              { name: "Cash", color: "var(--text-3)", kind: "thin", values: result.curve.map(() => capital) },
            ]}
          />
          <DrawdownChart points={result.curve} depth={result.performance.drawdown.depth} holdDepth={result.holdPerformance.drawdown.depth} />
        </section>
        <div className="s4 stack" style={{ gap: 16 }}>
          <RatiosCard result={result} />
          <RandomCard result={result} />
        </div>
        <section className="card s12" aria-label="Month by month">
          <div className="card-h">
            <h2>Month by month</h2>
            <span className="sub">net, in percent; the first and the last month may be cut short</span>
          </div>
          <MonthlyTable months={result.monthly} total={result.performance.totalReturn} holdTotal={result.holdPerformance.totalReturn} />
        </section>
        <CostCard result={result} />
        <TradesCard result={result} />
        {result.agents.length > 1 && <AgentLines result={result} />}
      </div>
    </>
  );
}

function Strip({ result, row }: { result: BacktestResult; row: BacktestRow }) {
  const { performance: p, holdPerformance: h, tradeStats, costs } = result;
  return (
    <FigureStrip
      label="Figures"
      figures={[
        netReturn("Net return", result),
        { label: "Held instead", value: <SignedReturn figure={h.totalReturn} />, note: "same money, same fee; cash made 0.00 %" },
        drawdown(result),
        {
          label: "Sharpe, a year",
          value: <Ratio figure={p.sharpe} />,
          note: (
            <>
              hold <Ratio figure={h.sharpe} />; {row.familyTrials} {row.familyTrials === 1 ? "trial" : "trials"} so far
            </>
          ),
        },
        {
          label: "Trades",
          value: <span className="num">{tradeStats.closed + tradeStats.open}</span>,
          note:
            tradeStats.winRate.value === null
              ? tradeStats.winRate.reason
              : `${(tradeStats.winRate.value * 100).toFixed(2)} % of the closed made money`,
        },
        { label: "Costs", value: <Money value={costs.total} unit={result.currency} />, note: "fees and slippage" },
      ]}
    />
  );
}

function RatiosCard({ result: { performance: p, holdPerformance: h, exposure, costs, tradeStats } }: { result: BacktestResult }) {
  return (
    <section className="card" aria-label="Ratios">
      <div className="card-h">
        <h2>Ratios</h2>
        <span className="sub">annualised over 365 days; hold in brackets</span>
      </div>
      <div className="card-b">
        <dl className="kv">
          <dt>Return a year</dt>
          <dd>
            <SignedReturn figure={p.annualReturn} /> (<SignedReturn figure={h.annualReturn} />)
          </dd>
          <dt>Volatility a year</dt>
          <dd>
            {p.volatility.value === null ? <Ratio figure={p.volatility} /> : <Share value={p.volatility.value} />} (
            {h.volatility.value === null ? "—" : <Share value={h.volatility.value} />})
          </dd>
          <dt>Sortino</dt>
          <dd>
            <Ratio figure={p.sortino} /> (<Ratio figure={h.sortino} />)
          </dd>
          <dt>Calmar</dt>
          <dd>
            <Ratio figure={p.calmar} /> (<Ratio figure={h.calmar} />)
          </dd>
          <dt>Longest below a peak</dt>
          <dd>
            {shortDuration(p.drawdown.longestMs)} ({shortDuration(h.drawdown.longestMs)})
          </dd>
          <dt>Profit factor</dt>
          <dd>
            <Ratio figure={tradeStats.profitFactor} />
          </dd>
          <dt>Mean exposure</dt>
          <dd>
            <Share value={exposure.mean} />
          </dd>
          <dt>Time in the market</dt>
          <dd>
            <Share value={exposure.timeInMarket} />
          </dd>
          <dt>Turnover a year, × equity</dt>
          <dd>
            <Ratio figure={costs.turnoverAYear} />
          </dd>
          <dt>Mean trade</dt>
          <dd>
            {tradeStats.averageReturn.value === null ? (
              <Ratio figure={tradeStats.averageReturn} />
            ) : (
              <Return value={textOf(tradeStats.averageReturn.value)} />
            )}
          </dd>
        </dl>
      </div>
    </section>
  );
}

/** What the prices lack: a result is not better than its data. */
function Quality({ result }: { result: BacktestResult }) {
  const lacking = result.quality.filter((q) => q.missing > 0);
  if (lacking.length === 0) return null;
  return (
    <div className="note" role="note">
      <span>
        {lacking.map((q) => `${q.missing} of ${q.bars + q.missing} bars of ${q.symbol} are missing`).join("; ")}: nothing is decided while the last
        price is older than three bars, and nothing was filled in.
      </span>
    </div>
  );
}
