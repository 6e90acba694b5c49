"use client";
import Link from "next/link";
import { Money, Pnl, Return } from "@/components/format/number";
import { ScrollRegion } from "@/components/ui/scroll-region";
import type { WalletRowView } from "@/server/api/contract/wallets";
import { type Ask, RowMenu } from "./row-menu";
import { childWords, KIND_ICONS } from "./wallet-words";

/** One tree on one scale: the longest bar is everything under the master. */
export function WalletTree({
  rows,
  onAsk,
  onMore,
}: {
  rows: readonly WalletRowView[];
  onAsk: (row: WalletRowView, ask: Ask) => void;
  onMore: (row: WalletRowView) => void;
}) {
  const root = rows[0];
  if (!root) return null;
  const shownUnder = (id: string): number => rows.filter((r) => r.parentId === id).length;
  return (
    <ScrollRegion label={`Wallets under ${root.name}`}>
      <table className="tbl roomy">
        <thead>
          <tr>
            <th>Wallet</th>
            <th className="hide-s">Share of everything</th>
            <th className="r">Now, {root.currency}</th>
            <th className="r hide-s">Made, net of fees</th>
            <th className="r hide-s">Return</th>
            <th>
              <span className="sr">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <Row key={r.id} row={r} missing={Math.max(0, r.children - shownUnder(r.id))} onAsk={(ask) => onAsk(r, ask)} onMore={() => onMore(r)} />
          ))}
          <tr>
            <td>
              <span className="wal-name" style={{ paddingLeft: 20 }}>
                <span>
                  <span className="med">Not allocated</span>
                  <span className="nm2">in {root.name} itself</span>
                </span>
              </span>
            </td>
            <td className="hide-s">
              <Share value={Number(root.shown.equity) > 0 ? Number(root.shown.own) / Number(root.shown.equity) : 0} pool />
            </td>
            <td className="r">
              <Money value={root.shown.own} />
            </td>
            <td className="r t3 hide-s">—</td>
            <td className="r t3 hide-s">—</td>
            <td />
          </tr>
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Row({ row: r, missing, onAsk, onMore }: { row: WalletRowView; missing: number; onAsk: (ask: Ask) => void; onMore: () => void }) {
  const Icon = KIND_ICONS[r.kind];
  const trades = r.agents > 0;
  return (
    <tr>
      <td>
        <span className="wal-name" style={{ paddingLeft: r.depth * 20 }}>
          <span className="wal-kind">
            <Icon className="i" aria-hidden="true" />
          </span>
          <span>
            <Link href={r.agentId ? `/agents/${r.agentId}` : `/wallet/${r.id}`} className="med">
              {r.name}
            </Link>
            {r.closed && <span className="bdg">closed</span>}
            {r.kind === "farm" && r.tradingState !== "active" && <span className="bdg warn">{r.tradingState}</span>}
            <span className="nm2">
              {childWords(r)}
              {r.kind === "farm" && r.children > 0 && Number(r.shown.own) !== 0 && (
                <>
                  , <Money value={r.shown.own} /> not allocated
                </>
              )}
              <span className="sr">, level {r.depth + 1}</span>
              {missing > 0 && (
                <>
                  {" "}
                  <button type="button" className="link" onClick={onMore}>
                    show {missing} more
                  </button>
                </>
              )}
            </span>
          </span>
        </span>
      </td>
      <td className="hide-s">
        <Share value={r.share} pool={r.kind === "treasury"} />
      </td>
      <td className="r">
        <Money value={r.shown.equity} />
      </td>
      <td className="r hide-s">{trades ? <Pnl value={r.shown.made} /> : <span className="t3">—</span>}</td>
      <td className="r hide-s">{trades && r.return !== null ? <Return value={r.return.toFixed(6)} /> : <span className="t3">—</span>}</td>
      <td className="r">
        <RowMenu row={r} onAsk={onAsk} />
      </td>
    </tr>
  );
}

const Share = ({ value, pool = false }: { value: number; pool?: boolean }) => (
  <span className="wal-share">
    <span className="wal-bar" aria-hidden="true">
      <i className={pool ? "pool" : ""} style={{ width: `${Math.max(0, Math.min(100, value * 100)).toFixed(2)}%` }} />
    </span>
    <span className="num t3 fs12 r">{(value * 100).toFixed(1)} %</span>
  </span>
);
