"use client";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { DropdownMenu } from "radix-ui";
import { useRefusal } from "@/components/members/rights";
import type { WalletRowView } from "@/server/api/contract/wallets";

export type Ask = "deposit" | "withdraw" | "allocate" | "recall" | "collect" | "rebalance" | "new" | "place" | "rename" | "close";

/** What this person can do with one wallet; everybody opens it. */
export function RowMenu({ row, onAsk }: { row: WalletRowView; onAsk: (ask: Ask) => void }) {
  const [trades, owns] = [useRefusal("trade") === null, useRefusal("own") === null];
  const all: readonly (readonly [Ask, string])[] = [
    ...(row.kind === "treasury"
      ? ([
          ["deposit", row.mode === "live" ? "Record a deposit" : "Deposit paper money"],
          ["withdraw", row.mode === "live" ? "Record a withdrawal" : "Withdraw"],
        ] as const)
      : []),
    ["allocate", "Allocate from here"],
    ...(row.parentId
      ? ([
          ["recall", "Recall to above"],
          ["collect", "Collect into a vault or above"],
        ] as const)
      : []),
    ...(row.kind === "treasury" || row.kind === "farm"
      ? ([
          ["rebalance", "Rebalance what stands under it"],
          ["new", "New farm or vault under it"],
        ] as const)
      : []),
    ...(row.parentId ? ([["place", "Move under another wallet"]] as const) : []),
    ...(row.kind === "agent"
      ? []
      : ([
          ["rename", "Rename"],
          ["close", "Close"],
        ] as const)),
  ];
  const items = all.filter(([ask]) => (ask === "place" ? owns : trades));
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="btn sm ghost" aria-label={`What to do with ${row.name}`}>
          <Ellipsis className="i" aria-hidden="true" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="wal-menu" align="end" sideOffset={4}>
          <DropdownMenu.Item asChild>
            <Link href={`/wallet/${row.id}`}>Open</Link>
          </DropdownMenu.Item>
          {items.map(([ask, words]) => (
            <DropdownMenu.Item key={ask} onSelect={() => onAsk(ask)}>
              {words}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
