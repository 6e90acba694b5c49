import { formatMoney, scaled, unscaled } from "@/components/format/decimal-text";
import { Money, Pnl } from "@/components/format/number";
import type { BacktestResult } from "@/server/backtest";

/** What trading made before costs, what it cost, what was left: the parts add up. */
export function CostCard({ result }: { result: BacktestResult }) {
  const { costs, currency } = result;
  const net = unscaled(scaled(result.equity) - scaled(result.capital));
  const gross = unscaled(scaled(net) + scaled(costs.total));
  const bp = Number(costs.turnover) > 0 ? ((Number(costs.total) / Number(costs.turnover)) * 10_000).toFixed(1) : null;
  return (
    <section className="card s4" aria-label="What it cost">
      <div className="card-h">
        <h2>What it cost</h2>
        <span className="sub">{currency}</span>
      </div>
      <div className="card-b">
        <dl className="kv">
          <dt>Before costs</dt>
          <dd>
            <Pnl value={gross} />
          </dd>
          <dt>Fees</dt>
          <dd>−{formatMoney(costs.fees)}</dd>
          <dt>Slippage: spread, impact, ticks</dt>
          <dd>−{formatMoney(costs.slippage)}</dd>
          <dt className="med">Net</dt>
          <dd className="med">
            <Pnl value={net} />
          </dd>
          <dt>Traded in all</dt>
          <dd>
            <Money value={costs.turnover} />
          </dd>
          <dt>Cost of what was traded</dt>
          <dd>{bp === null ? "—" : `${bp} bp`}</dd>
        </dl>
      </div>
    </section>
  );
}
