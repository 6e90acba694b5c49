import { Money } from "@/components/format/number";
import type { BacktestResult } from "@/server/backtest";
import { Share, textOf } from "./figures";

/** Against traders who traded as often, as large and as long, at random times. */
export function RandomCard({ result }: { result: BacktestResult }) {
  const { random } = result;
  return (
    <section className="card" aria-label="Against random entries">
      <div className="card-h">
        <h2>Against random entries</h2>
      </div>
      <div className="card-b stack g3">
        {random === null ? (
          <p className="t3">{result.trades.length === 0 ? "It never traded: there is nothing to compare." : "No random entries were asked for."}</p>
        ) : (
          <>
            <p>
              It ended above <b className="med">{<Share value={random.percentile} decimals={1} />}</b> of {random.draws} runs with the same number of
              trades, the same sizes and the same holding times, entered at random.
            </p>
            <div className="bar" role="img" aria-label={`Percentile ${(random.percentile * 100).toFixed(1)} of 100`}>
              <i style={{ width: `${random.percentile * 100}%`, background: "var(--accent)" }} />
            </div>
            <dl className="kv">
              <dt>Random, 5 %</dt>
              <dd>
                <Money value={textOf(random.low)} unit={result.currency} />
              </dd>
              <dt>Random, median</dt>
              <dd>
                <Money value={textOf(random.median)} unit={result.currency} />
              </dd>
              <dt>Random, 95 %</dt>
              <dd>
                <Money value={textOf(random.high)} unit={result.currency} />
              </dd>
            </dl>
            <p className="fs12 t3">Not corrected for how many settings were tried. Seed {random.seed}.</p>
          </>
        )}
      </div>
    </section>
  );
}
