import type { SweepOverfitting } from "@/server/backtest";

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** Whether the best of the settings is the best by chance. */
export function OverfittingCard({ overfitting }: { overfitting: SweepOverfitting }) {
  const { probability, lossProbability, splits, settings, refusal } = overfitting;
  return (
    <section className="card s12" aria-label="Overfitting">
      <div className="card-h">
        <h2>Is the best one the best by chance?</h2>
        <span className="sub">probability of overfitting, CSCV</span>
      </div>
      <div className="card-b stack g3">
        {probability === null || lossProbability === null ? (
          <p className="t3">Not known: {refusal}.</p>
        ) : (
          <>
            <dl className="kv">
              <dt>Best in one half of the time, below the median in the other</dt>
              <dd className="num" data-testid="overfitting">
                {percent(probability)}
              </dd>
              <dt>Best in one half, a loss in the other</dt>
              <dd className="num">{percent(lossProbability)}</dd>
            </dl>
            <p className="fs12 t3">
              Of {splits} ways to split the time in halves, over {settings} settings, by their Sharpe ratio. Near 50 % the choice says nothing about
              what comes next; near 0 % the setting that was better stayed better. Bailey, Borwein, López de Prado and Zhu, 2017.
            </p>
          </>
        )}
      </div>
    </section>
  );
}
