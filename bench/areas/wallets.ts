import { openDatabase } from "@/server/adapters/db/open-database";
import { queryOf } from "@/server/adapters/db/wallets/apply-movements";
import { loadWallets } from "@/server/adapters/db/wallets/load-wallets";
import { walletsOf } from "@/server/container/wallets";
import { fixed, hashId } from "@/server/shared";
import { liveAgents } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { rollUp } from "@/server/wallets";
import { type Area, type Figure, percentile, timed } from "../measure";

const START = Date.UTC(2026, 10, 2);
const BUDGET_MS = { page: 400, rollUp: 60, preview: 50, move: 60 };

/** The Wallet page's query, the roll-up, a preview and a movement over 100, 1,000 and 10,000 wallets, ten in a farm, farms in farms. */
export const wallets: Area = {
  name: "wallets",
  async measure(brief) {
    const sizes = brief ? [100, 1_000] : [100, 1_000, 10_000];
    const figures: Figure[] = [];
    for (const size of sizes) {
      const db = await openDatabase({ migrationsDir: "prisma/migrations" });
      try {
        const { scope, workspaceId, treasuryNodeId } = await seedWorkspace(db, { deposit: fixed("100000000") });
        const live = liveAgents(db, { start: START });
        const clocks = { wall: live.clock, market: live.market };
        const { service } = walletsOf({
          db,
          feed: live.feed,
          exchange: live.exchange,
          clocks,
          money: live.money,
          closer: live.service,
          goals: { demands: async () => ({}) },
        });
        const ids = Array.from({ length: size - 1 }, (_, i) => hashId("bench wallet", size, i));
        const parent = (i: number): string => (i < 10 ? treasuryNodeId : (ids[Math.floor(i / 10) - 1] as string));
        for (let from = 0; from < ids.length; from += 1_000) {
          const part = ids.slice(from, from + 1_000);
          await db.prisma.walletNode.createMany({
            data: part.map((id, k) => ({
              id,
              workspaceId,
              parentId: parent(from + k),
              kind: "farm",
              mode: "paper",
              name: `Farm ${from + k}`,
              currency: "USDT",
            })),
          });
          await db.prisma.ledgerAccount.createMany({
            data: part.map((nodeId) => ({
              id: hashId("bench account", nodeId),
              workspaceId,
              nodeId,
              kind: "cash",
              currency: "USDT",
              mayBeNegative: false,
              balance: "100",
            })),
          });
        }
        await db.raw.exec("ANALYZE");
        const deep = ids.at(-1) as string;
        const times = size >= 10_000 ? 8 : 30;
        const add = async (what: string, budget: number, work: (i: number) => unknown) => {
          const samples = await timed(times, work);
          figures.push({
            area: "wallets",
            what: `${what}, ${size.toLocaleString("en")} wallets, median`,
            value: percentile(samples, 0.5),
            unit: "ms",
            ...(size >= 10_000 ? { budget, better: "less" as const } : {}),
          });
        };
        await add("page query", BUDGET_MS.page, () => service.tree(scope, { closed: false }));
        const rows = await db.transaction((tx) => loadWallets(queryOf(tx), workspaceId, {}));
        await add("roll-up", BUDGET_MS.rollUp, () => rollUp(rows));
        const order = { kind: "allocate" as const, fromNodeId: treasuryNodeId, toNodeId: deep, amount: "1" };
        await add("preview", BUDGET_MS.preview, () => service.preview(scope, [order]));
        await add("movement", BUDGET_MS.move, (i) => service.move(scope, { ...order, key: `bench-${size}-${i}`, why: "" }));
      } finally {
        await db.close();
      }
    }
    return figures;
  },
};
