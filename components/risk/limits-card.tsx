"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { formatFigure } from "@/components/format/decimal-text";
import { Meter } from "@/components/ui/meter";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { limitName } from "./risk-words";

/** Every hard limit beside where its owner stands: the workspace and, when one is chosen, that agent; else all agents. */
export function LimitsCard({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.risk.limits.queryOptions(undefined, { refetchInterval: 30_000 }));
  const groups = (query.data?.groups ?? []).filter((g) => g.limits.length > 0 && (g.agentId === null || agentId === null || g.agentId === agentId));
  return (
    <section className="card s6" aria-labelledby="limits-h">
      <div className="card-h">
        <h2 id="limits-h">Limits and headroom</h2>
      </div>
      {query.error && <ErrorNote error={query.error} what="The limits could not be loaded" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading rows={5} label="Loading the limits" />}
      {query.data && groups.length === 0 && <Empty title="No limits are set">Set them on the Models page, or in an agent&apos;s settings.</Empty>}
      <div className="card-b stack g4 risk-limits">
        {groups.map((g) => (
          <div key={g.agentId ?? "workspace"} className="stack g3">
            <h3 className="fs12 med t2">{g.name}</h3>
            {g.limits.map((l) => (
              <Meter
                key={`${l.level} ${l.name}`}
                label={`${limitName(l.name)}${l.level === "workspace" && g.agentId !== null ? ", workspace" : ""}`}
                value={formatFigure(l.value, { max: 2 })}
                limit={`${formatFigure(l.limit, { max: 2 })} ${l.unit}`}
                share={Number(l.limit) > 0 ? Number(l.value) / Number(l.limit) : 0}
              />
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}
