"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { formatFigure, isDecimal } from "@/components/format/decimal-text";
import { Meter } from "@/components/ui/meter";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { LimitRowView } from "@/server/api/contract/risk";

const FIRST_SHOWN = 8;
type Row = LimitRowView & { readonly key: string; readonly owner: string };

/** Every hard limit that is set, of the workspace, of its farms and of all agents (or of the one that is chosen), the nearest first. */
export function LimitsCard({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const [all, setAll] = useState(false);
  const query = useQuery(trpc.risk.limits.queryOptions(undefined, { refetchInterval: 30_000 }));
  const groups = (query.data?.groups ?? []).filter((g) => g.agentId === null || agentId === null || g.agentId === agentId);
  const rows = groups
    .flatMap((g, i) => g.limits.map((limit): Row => ({ ...limit, key: `${i} ${limit.name}`, owner: g.name })))
    .sort((a, b) => weight(b) - weight(a));
  const shown = all ? rows : rows.slice(0, FIRST_SHOWN);
  const problems = groups.filter((g) => g.problem !== null);
  return (
    <section className="card s6" aria-labelledby="limits-h">
      <div className="card-h">
        <h2 id="limits-h">Limits and headroom</h2>
        <span className="end fs12 t3">nearest first</span>
      </div>
      {query.error && <ErrorNote error={query.error} what="The limits could not be loaded" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading rows={5} label="Loading the limits" />}
      {query.data && rows.length === 0 && problems.length === 0 && (
        <Empty title="No limits are set">Set them on the Models page, or in an agent&apos;s settings.</Empty>
      )}
      <div className="card-b stack g4">
        {shown.map((l) => (
          <LimitRow key={l.key} limit={l} />
        ))}
        {rows.length > FIRST_SHOWN && (
          <button type="button" className="btn sm" onClick={() => setAll(!all)} aria-expanded={all}>
            {all ? `Only the nearest ${FIRST_SHOWN}` : `All ${rows.length} limits`}
          </button>
        )}
        {problems.map((g) => (
          <p key={g.agentId ?? g.name} className="fs12 t3">
            {g.name}: not measured now, {g.problem}
          </p>
        ))}
        {query.data !== undefined && query.data.left > 0 && (
          <p className="fs12 t3">{query.data.left} more agents are not looked at here: their own pages show their limits.</p>
        )}
      </div>
    </section>
  );
}

function LimitRow({ limit: l }: { limit: Row }) {
  const label = `${l.title}: ${l.owner}${l.symbol ? `, ${l.symbol}` : ""}`;
  if (l.value !== null && l.share !== null)
    return (
      <Meter
        label={label}
        value={formatFigure(l.value, { max: 2 })}
        limit={`${formatFigure(l.limit, { max: 2 })} ${l.unit}`.trim()}
        share={l.share}
      />
    );
  return (
    <div className="lim">
      <div className="lim-t">
        <span>{label}</span>
        {l.stops && <span className="bdg loss">stopped</span>}
        <span className="v">{isDecimal(l.limit) ? `${formatFigure(l.limit, { max: 4 })} ${l.unit}`.trim() : l.limit || "not known"}</span>
      </div>
      {l.says && (l.stops || l.name === "tradingHours") && <p className="fs12 t3">{l.says}</p>}
    </div>
  );
}

/** What cannot be measured refuses every buy, so it stands first; what uses nothing up stands last. */
const weight = ({ share, stops }: LimitRowView): number => share ?? (stops ? Number.POSITIVE_INFINITY : -1);
