"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { Select } from "@/components/ui/select";
import { ErrorNote } from "@/components/ui/states";
import type { ConnectionRow, ConnectionsView, SourceId } from "@/server/api/contract";
import { ConnectionTest } from "./connection-test";

const STATES: Readonly<Record<ConnectionRow["state"], readonly [className: string, label: string]>> = {
  simulated: ["kind sim", "Simulated"],
  recorded: ["kind sim", "Recorded"],
  connecting: ["st cool", "Connecting"],
  live: ["st on", "Live"],
  stale: ["st halt", "Stale"],
  reconnecting: ["st cool", "Reconnecting"],
};

/** One symbol: its source, how fresh it is, and the way to change and test it. */
export function SourceCard({ row, view }: { row: ConnectionRow; view: ConnectionsView }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [choice, setChoice] = useState<SourceId>(row.source);
  const refresh = () => cache.invalidateQueries({ queryKey: trpc.connections.get.queryKey() });
  const save = useMutation(trpc.connections.set.mutationOptions({ onSettled: refresh }));
  const test = useMutation(trpc.connections.test.mutationOptions());
  const [className, label] = STATES[row.state];
  const heading = `source-${row.symbol.replace("/", "-")}`;
  const options: [SourceId, string][] = [
    ["installation", view.installation.label],
    ...(view.venuesUsable ? view.venues.map((v): [SourceId, string] => [v.id, `${v.label} public data`]) : []),
  ];
  return (
    <section className="card s6" aria-labelledby={heading}>
      <div className="card-h f-wrap">
        <h2 id={heading}>{row.symbol}</h2>
        <span className={className}>{label}</span>
        {row.lastPriceAt !== null && (
          <span className="sub">
            last price {row.lastPrice !== null && <span className="num">{row.lastPrice}</span>}, <Time at={row.lastPriceAt} />
          </span>
        )}
      </div>
      <div className="card-b stack g3">
        <p className="t3 fs12">
          Paper orders fill against {row.sourceLabel}; nothing is decided on prices older than {Math.round(view.staleAfterMs / 1000)} s.
        </p>
        {row.problem && <p className="note warn">{row.problem}</p>}
        <Select label={`Source of ${row.symbol}`} value={choice} onChange={(v) => setChoice(v as SourceId)} options={options} />
        <div className="row wrap">
          <button
            type="button"
            className="btn pri"
            disabled={choice === row.source || save.isPending}
            onClick={() => save.mutate({ symbol: row.symbol, source: choice })}
          >
            {save.isPending ? "Saving…" : "Use this source"}
          </button>
          <button type="button" className="btn" disabled={test.isPending} onClick={() => test.mutate({ symbol: row.symbol, source: choice })}>
            {test.isPending ? "Testing…" : "Test connection"}
          </button>
        </div>
        {save.error && <ErrorNote error={save.error} what="The source was not changed" />}
        {test.error && <ErrorNote error={test.error} what="The connection was not tested" />}
        {test.data && <ConnectionTest result={test.data} />}
      </div>
    </section>
  );
}
