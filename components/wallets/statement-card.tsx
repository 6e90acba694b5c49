"use client";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "@/components/api/trpc";
import { Money } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import { RightButton } from "@/components/members/right-button";
import { Field } from "@/components/ui/field";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Select } from "@/components/ui/select";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { MovementView, WalletRowView } from "@/server/api/contract/wallets";
import { MOVEMENT_WORDS } from "./wallet-words";

const PERIODS = [
  ["", "Any time"],
  ["1", "The last day"],
  ["7", "The last 7 days"],
  ["30", "The last 30 days"],
] as const;
const DAY_MS = 86_400_000;
type Kind = "deposit" | "withdraw" | "allocate" | "recall" | "rebalance" | "collect" | "sweep";

/** Every movement with who and why; what can be taken back can be taken back here. */
export function StatementCard({ rows, marketNow, nodeId: fixedNode }: { rows: readonly WalletRowView[]; marketNow: number; nodeId?: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const cache = useQueryClient();
  const [filter, setFilter] = useState({ nodeId: fixedNode ?? "", kind: "", days: "", actor: "", text: "" });
  // Not of this very moment: a filter that moved along would ask anew at every update.
  const [now] = useState(marketNow);
  const input = {
    ...(filter.nodeId ? { nodeId: filter.nodeId } : {}),
    ...(filter.kind ? { kind: filter.kind as Kind } : {}),
    ...(filter.days ? { from: now - Number(filter.days) * DAY_MS } : {}),
    ...(filter.actor ? { actor: filter.actor } : {}),
    ...(filter.text.trim() ? { text: filter.text.trim() } : {}),
  };
  const query = useInfiniteQuery(
    trpc.wallets.statement.infiniteQueryOptions({ ...input, limit: 25 }, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const undo = useMutation(trpc.wallets.undo.mutationOptions({ onSuccess: () => void cache.invalidateQueries() }));
  const save = useMutation({
    mutationFn: () => client.wallets.statementCsv.query(input),
    onSuccess: ({ name, text }) => {
      const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      URL.revokeObjectURL(url);
    },
  });
  const movements = query.data?.pages.flatMap((p) => p.rows) ?? [];
  const people = query.data?.pages[0]?.people ?? [];
  const set = (change: Partial<typeof filter>) => setFilter({ ...filter, ...change });
  return (
    <section className="card s12" aria-labelledby="statement-h">
      <div className="card-h wrap">
        <h2 id="statement-h">Statement</h2>
        <span className="sub">every movement, newest first; times are market time</span>
        <span className="end">
          <button type="button" className="btn sm" disabled={save.isPending} onClick={() => save.mutate()}>
            <Download className="i" aria-hidden="true" />
            CSV
          </button>
        </span>
      </div>
      <div className="form-grid card-b">
        {!fixedNode && (
          <Select
            label="Wallet"
            value={filter.nodeId}
            onChange={(nodeId) => set({ nodeId })}
            options={[["", "Every wallet"], ...rows.map((r) => [r.id, r.name] as const)]}
          />
        )}
        <Select
          label="Kind"
          value={filter.kind}
          onChange={(kind) => set({ kind })}
          options={[["", "Every kind"], ...Object.entries(MOVEMENT_WORDS)]}
        />
        <Select label="Time" value={filter.days} onChange={(days) => set({ days })} options={PERIODS} />
        <Select
          label="Person"
          value={filter.actor}
          onChange={(actor) => set({ actor })}
          options={[["", "Everybody"], ...people.map((p) => [p.actor, p.name] as const)]}
        />
        <Field label="Reason contains">
          <input className="inp" maxLength={100} value={filter.text} onChange={(e) => set({ text: e.target.value })} />
        </Field>
      </div>
      {query.error && <ErrorNote error={query.error} what="The statement could not be loaded" onRetry={() => void query.refetch()} />}
      {undo.error && <ErrorNote error={undo.error} what="The movement was not taken back" />}
      {save.error && <ErrorNote error={save.error} what="The file was not made" />}
      {query.isLoading && <Loading rows={4} label="Loading the statement" />}
      {query.data && movements.length === 0 && <p className="card-b t3">No movement matches.</p>}
      {movements.length > 0 && (
        <ScrollRegion label="Statement">
          <table className="tbl compact">
            <thead>
              <tr>
                <th>Time, UTC</th>
                <th>Kind</th>
                <th>From</th>
                <th>To</th>
                <th className="hide-s">Why</th>
                <th className="hide-s">Who</th>
                <th className="r">Amount</th>
                <th>
                  <span className="sr">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {movements.map((m) => (
                <Line key={m.id} movement={m} busy={undo.isPending} onUndo={() => undo.mutate({ movementId: m.id })} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
      {query.hasNextPage && (
        <div className="card-b">
          <button type="button" className="btn sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? "Loading…" : "Show older ones"}
          </button>
        </div>
      )}
    </section>
  );
}

function Line({ movement: m, busy, onUndo }: { movement: MovementView; busy: boolean; onUndo: () => void }) {
  return (
    <tr>
      <td className="nowrap">
        <ShortTime at={m.at} />
      </td>
      <td className="nowrap">
        {MOVEMENT_WORDS[m.kind] ?? m.kind} {m.status !== "done" && <span className="bdg">{m.status}</span>}
      </td>
      <td className="nowrap">{m.from?.name ?? "outside"}</td>
      <td className="nowrap">{m.to?.name ?? "outside"}</td>
      <td className="hide-s t2">
        {m.why}
        {m.reason && <span className="t3"> {m.reason}</span>}
      </td>
      <td className="hide-s t3 nowrap">{m.actorName}</td>
      <td className="r">
        <Money value={m.amount} unit={m.currency} />
      </td>
      <td className="r">
        {m.canUndo && (
          <RightButton
            right="trade"
            className="btn sm ghost"
            disabled={busy}
            onClick={onUndo}
            aria-label={`Take back ${MOVEMENT_WORDS[m.kind] ?? m.kind} of ${m.amount} ${m.currency}`}
            title="Take it back"
          >
            <Undo2 className="i" aria-hidden="true" />
          </RightButton>
        )}
      </td>
    </tr>
  );
}
