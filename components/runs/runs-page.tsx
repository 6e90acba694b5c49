"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { shortDuration } from "@/components/format/time-text";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { RunRow } from "@/server/api/contract";
import { functionWords, lengthOf, statusClass } from "./run-words";

const FILTERS = [
  ["all", "All"],
  ["running", "Running"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
] as const;
const REFRESH_MS = 5_000;

/** What the durable functions did: every run, its tries, how long it took. */
export function RunsPage() {
  const trpc = useTRPC();
  const [status, setStatus] = useState<(typeof FILTERS)[number][0]>("all");
  const query = useInfiniteQuery(
    trpc.runs.list.infiniteQueryOptions(
      { status, limit: 50 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, refetchInterval: REFRESH_MS },
    ),
  );
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? [];
  const elsewhere = query.data?.pages[0]?.executor === "inngest";
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Runs</h1>
          <div className="scope">
            <span>durable work: it survives a restart and goes on where it stopped</span>
          </div>
        </div>
      </div>
      <section className="card" aria-label="Runs">
        <div className="row wrap between" style={{ padding: "12px 16px" }}>
          <fieldset className="seg" aria-label="Which runs">
            {FILTERS.map(([id, label]) => (
              <button key={id} type="button" aria-pressed={status === id} onClick={() => setStatus(id)}>
                {label}
              </button>
            ))}
          </fieldset>
          <span className="t3 fs12">Newest first, UTC.</span>
        </div>
        {query.isPending && <Loading rows={6} label="Loading runs" />}
        {query.error && <ErrorNote error={query.error} what="The runs could not be loaded" onRetry={() => void query.refetch()} />}
        {elsewhere && <Empty title="An Inngest server drives the durable work">Its runs are on that server's own pages.</Empty>}
        {query.data && !elsewhere && rows.length === 0 && (
          <Empty title={status === "all" ? "No run yet" : `No run is ${status}`}>The first one comes within a minute after an agent starts.</Empty>
        )}
        {rows.length > 0 && <RunsTable rows={rows} now={query.dataUpdatedAt} />}
        {query.hasNextPage && (
          <div style={{ padding: 12 }}>
            <button type="button" className="btn sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? "Loading…" : "Show older runs"}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

function RunsTable({ rows, now }: { rows: readonly RunRow[]; now: number }) {
  return (
    <div className="tbl-w">
      <table className="tbl" data-testid="runs">
        <TableHead columns={["What", "State", "Whose", "Queued", ["Most tries", "r"], ["Took", "r"]]} />
        <tbody>
          {rows.map((run) => (
            <tr className="lnk" key={run.id}>
              <td>
                <Link href={`/runs/${run.id}`} className="med">
                  {functionWords(run.functionId)}
                </Link>
                <span className="nm2 mono">{run.functionId}</span>
              </td>
              <td>
                <span className={`st ${statusClass(run.status)}`}>{run.status}</span>
              </td>
              <td className="t2">{run.own ? "this workspace" : "the product"}</td>
              <td>
                <Time at={run.queuedAt} />
              </td>
              <td className="r">{run.tries}</td>
              <td className="r">
                {shortDuration(lengthOf(run, now))}
                {run.endedAt === null && <span className="u">so far</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
