import { Time } from "@/components/format/time";
import type { SystemView } from "@/server/api/contract";

/** The two clocks: the wall's, and the one that bars, orders and decisions live on. */
export function ClocksCard({ view }: { view: SystemView }) {
  const same = Math.abs(view.wallNow - view.marketNow) < 2000;
  return (
    <section className="card" aria-labelledby="clocks-h">
      <div className="card-h">
        <h2 id="clocks-h">Clocks</h2>
      </div>
      <div className="card-b stack g3">
        <dl className="kv fs12">
          <dt>Wall clock</dt>
          <dd>
            <Time at={view.wallNow} />
          </dd>
          <dt>Market clock</dt>
          <dd>
            <Time at={view.marketNow} />
          </dd>
          <dt>Mode</dt>
          <dd>{view.mode}</dd>
          <dt>Build</dt>
          <dd className="mono trunc">{view.build}</dd>
        </dl>
        <p className="fs12 t3">
          {same
            ? "Both show the same time: the market runs live."
            : "The market clock plays recorded candles, faster than the wall clock. Decisions, orders and results carry market time."}
        </p>
      </div>
    </section>
  );
}
