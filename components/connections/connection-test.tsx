import { CircleCheck, OctagonX } from "lucide-react";
import { Time } from "@/components/format/time";
import type { ConnectionTestView } from "@/server/api/contract";

/** What a venue answered when asked just now, or why it did not. */
export function ConnectionTest({ result }: { result: ConnectionTestView }) {
  const rows: readonly (readonly [string, string | null])[] = [
    ["Last price", result.lastPrice],
    ["Best bid", result.bid],
    ["Best ask", result.ask],
    ["Tick size", result.tickSize],
    ["Smallest order", result.minNotional],
    ["Taker fee, lowest tier", result.takerFeeBp === null ? null : `${result.takerFeeBp} bp`],
  ];
  return (
    <div className={`note ${result.ok ? "gain" : "loss"}`} role="status">
      {result.ok ? <CircleCheck className="i" aria-hidden="true" /> : <OctagonX className="i" aria-hidden="true" />}
      <div className="grow">
        <b className="semi">{result.ok ? "Test passed" : "Test failed"}</b>
        {result.problem && <p className="fs12 t2">{result.problem}</p>}
        <dl className="kv fs12" style={{ marginTop: 6 }}>
          <dt>Answered in</dt>
          <dd>{result.latencyMs.toLocaleString("en-US")} ms</dd>
          {rows.map(([term, value]) =>
            value === null ? null : (
              <div key={term} style={{ display: "contents" }}>
                <dt>{term}</dt>
                <dd className="num">{value}</dd>
              </div>
            ),
          )}
          {result.newestBarAt !== null && (
            <>
              <dt>Newest bar closed</dt>
              <dd>
                <Time at={result.newestBarAt} />
              </dd>
            </>
          )}
        </dl>
      </div>
    </div>
  );
}
