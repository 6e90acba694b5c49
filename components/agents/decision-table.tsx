"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { Fragment, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Plain, Pnl } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import { shortTime } from "@/components/format/time-text";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { DecisionRow } from "@/server/api/contract";
import { Action } from "./action";
import { foldHolds } from "./fold-holds";
import { VerdictBadge } from "./verdict-badge";

const FILTERS = [
  ["all", "All"],
  ["with-orders", "With orders"],
  ["vetoed", "Vetoed"],
  ["settled", "Settled"],
] as const;

/** Decisions, newest first; runs of quiet holds fold into one line. */
export function DecisionTable({ agentId, marketNow }: { agentId: string; marketNow: number }) {
  const trpc = useTRPC();
  const [filter, setFilter] = useState<(typeof FILTERS)[number][0]>("all");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const query = useInfiniteQuery(
    trpc.decisions.list.infiniteQueryOptions({ agentId, filter, limit: 50 }, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const rows = query.data?.pages.flatMap((p) => p.rows) ?? [];
  return (
    <>
      <div className="row wrap between" style={{ padding: "12px 16px" }}>
        <fieldset className="seg" aria-label="Which decisions">
          {FILTERS.map(([id, label]) => (
            <button key={id} type="button" aria-pressed={filter === id} onClick={() => setFilter(id)}>
              {label}
            </button>
          ))}
        </fieldset>
        <span className="t3 fs12">Newest first, UTC. Quiet holds are folded.</span>
      </div>
      {query.isPending && <Loading rows={5} label="Loading decisions" />}
      {query.error && <ErrorNote error={query.error} what="The decisions could not be loaded" onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <Empty title="No decisions here yet">Start the agent, or press Decide now.</Empty>}
      {rows.length > 0 && (
        <div className="tbl-w">
          <table className="tbl" data-testid="decisions">
            <TableHead
              columns={["Time", "Action", ["Asked", "r"], ["Allowed", "r"], "Risk", "Why, in the agent's words", ["Result, net of fees", "r"]]}
            />
            <tbody>
              {foldHolds(rows).map((item) =>
                item.kind === "fold" && !open.has(item.id) ? (
                  <tr className="fold" key={item.id}>
                    <td colSpan={7}>
                      <button
                        type="button"
                        className="row"
                        style={{ border: 0, background: "none" }}
                        onClick={() => setOpen(new Set([...open, item.id]))}
                      >
                        <ChevronsUpDown className="i i-s" aria-hidden="true" />
                        {item.rows.length} holds between {shortTime(item.rows.at(-1)?.at ?? 0, marketNow)} and{" "}
                        {shortTime(item.rows[0]?.at ?? 0, marketNow)}
                      </button>
                    </td>
                  </tr>
                ) : (
                  <Fragment key={item.id}>
                    {item.rows.map((row) => (
                      <Row key={row.turnId} row={row} marketNow={marketNow} />
                    ))}
                  </Fragment>
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
      {query.hasNextPage && (
        <div style={{ padding: 12 }}>
          <button type="button" className="btn sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? "Loading…" : "Show older decisions"}
          </button>
        </div>
      )}
    </>
  );
}

function Row({ row, marketNow }: { row: DecisionRow; marketNow: number }) {
  return (
    <tr className="lnk">
      <td>
        <Link href={`/decisions/${row.turnId}`}>
          <ShortTime at={row.at} now={marketNow} seconds />
        </Link>
      </td>
      <td>
        <Action action={row.action} />
      </td>
      <td className="r">{row.outcome === "no-order" ? <span className="t3">—</span> : <Plain value={row.asked} />}</td>
      <td className="r">{row.outcome === "no-order" ? <span className="t3">—</span> : <Plain value={row.allowed} />}</td>
      <td>
        <VerdictBadge row={row} />
      </td>
      <td style={{ maxWidth: 420 }}>
        <div className="trunc" title={row.summary ?? row.reason ?? ""}>
          {row.summary ?? row.reason ?? "—"}
        </div>
      </td>
      <td className="r">
        {row.netPnl !== null ? (
          <Pnl value={row.netPnl} />
        ) : row.phase === "executing" && row.outcome !== "no-order" && row.settleAt ? (
          <span className="t3">settles {shortTime(row.settleAt, marketNow)}</span>
        ) : (
          <span className="t3">—</span>
        )}
      </td>
    </tr>
  );
}
