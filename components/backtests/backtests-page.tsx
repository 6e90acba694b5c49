"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Columns2, Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { BacktestsTable } from "./backtests-table";
import { RunningBacktest } from "./running-backtest";

export const MOST_COMPARED = 4;
const REFRESH_MS = 15_000;

/** What has been tried, and what may I believe? */
export function BacktestsPage() {
  const trpc = useTRPC();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const query = useInfiniteQuery(
    trpc.backtests.list.infiniteQueryOptions(
      { limit: 50 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, refetchInterval: REFRESH_MS },
    ),
  );
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? [];
  const working = rows.filter((r) => r.status === "running" || r.status === "queued");
  const finished = rows.filter((r) => r.status === "done").length;
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
  const enough = chosen.length >= 2 && chosen.length <= MOST_COMPARED;
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Backtests</h1>
          <p className="scope">
            <span className="bdg m-paper">PAPER</span>
            <span>
              {finished} finished, {working.length} running or waiting
            </span>
            <span>every one counts its trials: the more you try, the less a good one proves</span>
          </p>
        </div>
        <Link href="/backtests/new" className="btn pri">
          <Plus className="i" aria-hidden="true" />
          New backtest
        </Link>
      </div>
      {query.error && <ErrorNote error={query.error} what="The backtests could not be loaded" onRetry={() => void query.refetch()} />}
      {working.map((row) => (
        <RunningBacktest key={row.backtestId} row={row} />
      ))}
      <section className="card" aria-label="Backtests">
        <div className="row wrap between" style={{ padding: "12px 16px" }}>
          <span className="t3 fs12">Newest first. Figures are net of fees and slippage.</span>
          <span className="row fs12">
            {chosen.length > 0 && <span className="t2">{chosen.length} chosen</span>}
            {chosen.length > 0 && !enough && <span className="t3">choose 2 to {MOST_COMPARED}</span>}
            {enough && (
              <Link className="btn sm" href={`/backtests/compare?ids=${chosen.join(",")}`}>
                <Columns2 className="i" aria-hidden="true" />
                Compare
              </Link>
            )}
          </span>
        </div>
        {query.isPending && <Loading rows={6} label="Loading backtests" />}
        {query.data && rows.length === 0 && (
          <Empty title="No backtest yet">
            <p>A backtest runs rules over past prices with the live risk engine and the paper venue's own fills.</p>
            <Link href="/backtests/new" className="btn pri" style={{ marginTop: 10 }}>
              New backtest
            </Link>
          </Empty>
        )}
        {rows.length > 0 && <BacktestsTable rows={rows} chosen={chosen} onChoose={toggle} />}
        {query.hasNextPage && (
          <div style={{ padding: 12 }}>
            <button type="button" className="btn sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? "Loading…" : "Show older backtests"}
            </button>
          </div>
        )}
      </section>
    </>
  );
}
