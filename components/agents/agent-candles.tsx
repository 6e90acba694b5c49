"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { formatFigure } from "@/components/format/decimal-text";
import { utcDateTime } from "@/components/format/time-text";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { AgentDetail, CandlesView } from "@/server/api/contract";

const CandleChart = dynamic(() => import("@/components/charts/candle-chart"), {
  ssr: false,
  loading: () => <Loading rows={6} label="Loading the chart" />,
});
const INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;

/** Prices with this agent's decisions on them. */
export function AgentCandles({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [symbol, setSymbol] = useState(agent.symbols[0] ?? "");
  const known = INTERVALS.find((i) => i === agent.config.barInterval);
  const [interval, setInterval] = useState<(typeof INTERVALS)[number]>(known ?? "1h");
  const [table, setTable] = useState(false);
  const symbols = useQuery(trpc.market.symbols.queryOptions());
  const query = useQuery(trpc.agents.candles.queryOptions({ agentId: agent.id, symbol, interval, limit: 160 }, { refetchInterval: 20_000 }));
  const pick = useCallback((turnId: string) => router.push(`/decisions/${turnId}`), [router]);
  const allowed = symbols.data?.find((s) => s.symbol === symbol)?.intervals ?? INTERVALS;
  const last = query.data?.candles.at(-1);
  return (
    <section className="card" aria-label="Prices and decisions">
      <div className="card-h">
        {agent.symbols.length > 1 ? (
          <fieldset className="seg" aria-label="Symbol">
            {agent.symbols.map((s) => (
              <button key={s} type="button" aria-pressed={s === symbol} onClick={() => setSymbol(s)}>
                {s}
              </button>
            ))}
          </fieldset>
        ) : (
          <h2>{symbol}</h2>
        )}
        {last && (
          <span className="num">
            {formatFigure(last.c)} <span className="t3 fs12 hide-s">close of the last {interval} bar</span>
          </span>
        )}
        {query.data?.source.kind === "simulated" && <span className="bdg m-sim">Simulated market</span>}
        <div className="end">
          <fieldset className="seg" aria-label="Bar length">
            {INTERVALS.filter((i) => allowed.includes(i)).map((i) => (
              <button key={i} type="button" aria-pressed={i === interval} onClick={() => setInterval(i)}>
                {i}
              </button>
            ))}
          </fieldset>
          <button type="button" className="btn sm gho" aria-pressed={table} onClick={() => setTable(!table)}>
            {table ? "Show as chart" : "Show as table"}
          </button>
        </div>
      </div>
      <div className="card-b">
        {query.error && <ErrorNote error={query.error} what="Prices could not be loaded" onRetry={() => void query.refetch()} />}
        {query.isPending && <Loading rows={6} label="Loading prices" />}
        {query.data && query.data.candles.length === 0 && <Empty title="No bars have closed yet" />}
        {query.data &&
          query.data.candles.length > 0 &&
          (table ? <CandleTable view={query.data} /> : <CandleChart view={query.data} label={summary(query.data)} onPick={pick} />)}
        <p className="fs12 t3">▲ buy, ▼ sell, ○ denied by risk. A hollow candle closed above its open. Click a marked bar to open the decision.</p>
      </div>
    </section>
  );
}

function summary(view: CandlesView): string {
  const [first, last] = [view.candles[0], view.candles.at(-1)];
  if (!first || !last) return view.symbol;
  return `${view.symbol}, ${view.interval} bars from ${utcDateTime(first.t)} to ${utcDateTime(last.t)}: ${first.o} to ${last.c}. ${view.markers.filter((m) => m.action !== "hold").length} trading decisions are marked.`;
}

function CandleTable({ view }: { view: CandlesView }) {
  return (
    <div className="tbl-w" style={{ maxHeight: 360, overflow: "auto" }}>
      <table className="tbl compact">
        <thead>
          <tr>
            <th>Opened, UTC</th>
            {["Open", "High", "Low", "Close", "Volume"].map((h) => (
              <th className="r" key={h}>
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...view.candles].reverse().map((c) => (
            <tr key={c.t}>
              <td>{utcDateTime(c.t)}</td>
              {[c.o, c.h, c.l, c.c, c.v].map((v, i) => (
                <td className="r" key={`${c.t}-${["o", "h", "l", "c", "v"][i]}`}>
                  {formatFigure(v, { max: 6 })}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
