"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Scale } from "lucide-react";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "@/components/api/trpc";
import { Money, Pnl, Return } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import { RightButton } from "@/components/members/right-button";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { WalletRowView } from "@/server/api/contract/wallets";
import { MoveDialog } from "./move-dialog";
import { NewWalletDialog } from "./new-wallet-dialog";
import { PlaceDialog, RenameOrClose } from "./node-dialogs";
import { RebalanceDialog } from "./rebalance-dialog";
import type { Ask } from "./row-menu";
import { StatementCard } from "./statement-card";
import { TreeFlows } from "./tree-flows";
import { WaitingCard } from "./waiting-card";
import { WalletTree } from "./wallet-tree";

const PART_COLOURS = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"];

/** Where is the money and what moves next? */
export function WalletPage() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const cache = useQueryClient();
  const [closed, setClosed] = useState(false);
  const [asked, setAsked] = useState<{ row: WalletRowView | null; ask: Ask } | null>(null);
  const query = useQuery(trpc.wallets.tree.queryOptions({ closed }, { refetchInterval: 15_000 }));
  const view = query.data;
  const rows = view?.rows ?? [];
  const masters = rows.filter((r) => r.kind === "treasury");
  const first = masters.find((m) => m.mode === "paper" && !m.closed) ?? masters[0];
  const more = async (row: WalletRowView) => {
    const offset = rows.filter((r) => r.parentId === row.id).length;
    const next = await client.wallets.children.query({ nodeId: row.id, offset });
    cache.setQueryData(trpc.wallets.tree.queryKey({ closed }), (old) => (old ? { ...old, rows: inserted(old.rows, row.id, next.rows) } : old));
  };
  return (
    <>
      <div className="page-h wrap">
        <div>
          <h1>Wallet</h1>
          <div className="scope">
            <span className="bdg m-paper">PAPER</span>
            {view && <span className={`bdg ${view.market.kind === "exchange" ? "" : "m-sim"}`}>{view.market.label}</span>}
            <span>moving money between wallets never changes the total</span>
            {view && (
              <>
                <span className="dot" />
                <span>
                  market time <ShortTime at={view.marketNow} now={view.marketNow} seconds /> UTC
                </span>
              </>
            )}
          </div>
        </div>
        <div className="row wrap g2">
          <RightButton right="trade" className="btn" onClick={() => setAsked({ row: null, ask: "new" })} disabled={!view}>
            <Plus className="i" aria-hidden="true" />
            New wallet
          </RightButton>
          <RightButton right="trade" className="btn" onClick={() => first && setAsked({ row: first, ask: "rebalance" })} disabled={!first}>
            <Scale className="i" aria-hidden="true" />
            Rebalance
          </RightButton>
          <RightButton right="trade" className="btn pri" onClick={() => first && setAsked({ row: first, ask: "allocate" })} disabled={!first}>
            Allocate
          </RightButton>
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} what="The wallets could not be loaded" onRetry={() => void query.refetch()} />}
      {!view && !query.error && (
        <div className="card">
          <Loading rows={8} label="Loading the wallets" />
        </div>
      )}
      <div className="grid">
        {view && <WaitingCard waiting={view.waiting} rebalances={view.rebalances} />}
        {view && masters.length === 0 && (
          <section className="card s12" aria-label="No wallet">
            <Empty title="There is no wallet yet">Make a master wallet, then deposit paper money into it.</Empty>
          </section>
        )}
        {masters.map((m) => (
          <Master key={m.id} master={m} rows={treeOf(rows, m.id)} onAsk={(row, ask) => setAsked({ row, ask })} onMore={(row) => void more(row)} />
        ))}
        {view && (
          <label className="s12 row g2 fs12 t2">
            <input type="checkbox" checked={closed} onChange={(e) => setClosed(e.target.checked)} />
            show closed wallets and archived agents, too
          </label>
        )}
        {view && <StatementCard rows={rows} marketNow={view.marketNow} />}
      </div>
      {asked && view && <Dialogs asked={asked} rows={rows} onClose={() => setAsked(null)} />}
    </>
  );
}

function Dialogs({
  asked: { row, ask },
  rows,
  onClose,
}: {
  asked: { row: WalletRowView | null; ask: Ask };
  rows: readonly WalletRowView[];
  onClose: () => void;
}) {
  if (ask === "new") return <NewWalletDialog rows={rows} parent={row} onClose={onClose} />;
  if (!row) return null;
  if (ask === "rebalance") return <RebalanceDialog node={row} onClose={onClose} />;
  if (ask === "place") return <PlaceDialog rows={rows} node={row} onClose={onClose} />;
  if (ask === "rename" || ask === "close") return <RenameOrClose node={row} what={ask} onClose={onClose} />;
  return <MoveDialog kind={ask} rows={rows} node={row} onClose={onClose} />;
}

function Master({
  master: m,
  rows,
  onAsk,
  onMore,
}: {
  master: WalletRowView;
  rows: readonly WalletRowView[];
  onAsk: (row: WalletRowView, ask: Ask) => void;
  onMore: (row: WalletRowView) => void;
}) {
  const parts = rows.filter((r) => r.parentId === m.id && r.share > 0);
  const pool = Number(m.shown.equity) > 0 ? Number(m.shown.own) / Number(m.shown.equity) : 0;
  return (
    <section className="card s12" aria-label={m.name}>
      <div className="card-b" style={{ paddingTop: 16 }}>
        <div className="row between wrap" style={{ alignItems: "flex-end" }}>
          <div>
            <h2 className="fig-l">
              {m.name} <span className={`bdg ${m.mode === "paper" ? "m-paper" : "m-live"}`}>{m.mode.toUpperCase()}</span>
            </h2>
            <p className="fig-m">
              <Money value={m.shown.equity} unit={m.currency} />
            </p>
          </div>
          <dl className="row wrap g4 fs12" style={{ margin: 0 }}>
            <Fact name="Free">
              <Money value={m.free} unit={m.currency} />
            </Fact>
            <Fact name="Allocated">
              <Money value={m.allocated} unit={m.currency} />
            </Fact>
            <Fact name="Reserved for orders">
              <Money value={m.reserved} unit={m.currency} />
            </Fact>
            <Fact name="Made, net of fees">
              <Pnl value={m.shown.made} unit={m.currency} />
            </Fact>
            <Fact name="Time-weighted return">
              <Return value={m.return === null ? null : m.return.toFixed(6)} />
            </Fact>
            <Fact name="Model cost, a memo">
              <Money value={m.modelCost} unit="USD" />
            </Fact>
          </dl>
        </div>
      </div>
      <div className="wal-parts" aria-hidden="true">
        {parts.map((p, i) => (
          <i key={p.id} title={p.name} style={{ width: `${p.share * 100}%`, background: `var(${PART_COLOURS[i % PART_COLOURS.length]})` }} />
        ))}
        {pool > 0 && <i title="Not allocated" style={{ width: `${pool * 100}%`, background: "var(--text-3)" }} />}
      </div>
      <WalletTree rows={rows} onAsk={onAsk} onMore={onMore} />
      <TreeFlows nodeId={m.id} name={m.name} currency={m.currency} />
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt className="t3">{name}</dt>
    <dd style={{ margin: 0 }}>{children}</dd>
  </div>
);

/** A master and all that follows it up to the next one: rows come in the order of the tree. */
function treeOf(rows: readonly WalletRowView[], masterId: string): readonly WalletRowView[] {
  const from = rows.findIndex((r) => r.id === masterId);
  const to = rows.findIndex((r, i) => i > from && r.parentId === null);
  return rows.slice(from, to === -1 ? undefined : to);
}

/** New wallets behind the last shown one of their parent. */
function inserted(rows: readonly WalletRowView[], parentId: string, next: readonly WalletRowView[]): WalletRowView[] {
  const known = new Set(rows.map((r) => r.id));
  const parent = rows.findIndex((r) => r.id === parentId);
  const depth = rows[parent]?.depth ?? 0;
  const end = rows.findIndex((r, i) => i > parent && r.depth <= depth);
  const at = end === -1 ? rows.length : end;
  return [...rows.slice(0, at), ...next.filter((r) => !known.has(r.id)), ...rows.slice(at)];
}
