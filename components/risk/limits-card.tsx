"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { formatFigure } from "@/components/format/decimal-text";
import { Meter } from "@/components/ui/meter";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { limitName } from "./risk-words";

const MOST_SHOWN = 8;

/** Hard limits beside where their owners stand, the nearest first: of the workspace and of all agents, or of the one that is chosen. */
export function LimitsCard({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.risk.limits.queryOptions(undefined, { refetchInterval: 30_000 }));
  const rows = (query.data?.groups ?? [])
    .filter((g) => g.agentId === null || agentId === null || g.agentId === agentId)
    .flatMap((g) => g.limits.map((limit) => ({ ...limit, key: `${g.agentId} ${limit.level} ${limit.name}`, owner: g.name, share: shareOf(limit) })))
    .sort((a, b) => b.share - a.share);
  const shown = rows.slice(0, MOST_SHOWN);
  return (
    <section className="card s6" aria-labelledby="limits-h">
      <div className="card-h">
        <h2 id="limits-h">Limits and headroom</h2>
        <span className="end fs12 t3">nearest first</span>
      </div>
      {query.error && <ErrorNote error={query.error} what="The limits could not be loaded" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading rows={5} label="Loading the limits" />}
      {query.data && rows.length === 0 && <Empty title="No limits are set">Set them on the Models page, or in an agent&apos;s settings.</Empty>}
      <div className="card-b stack g4">
        {shown.map((l) => (
          <Meter
            key={l.key}
            label={`${limitName(l.name)}: ${l.owner}`}
            value={formatFigure(l.value, { max: 2 })}
            limit={`${formatFigure(l.limit, { max: 2 })} ${l.unit}`}
            share={l.share}
          />
        ))}
        {rows.length > shown.length && (
          <p className="fs12 t3">
            The nearest {shown.length} of {rows.length}. Choose an agent above for all of its own.
          </p>
        )}
      </div>
    </section>
  );
}

const shareOf = ({ value, limit }: { value: string; limit: string }): number => (Number(limit) > 0 ? Number(value) / Number(limit) : 0);
