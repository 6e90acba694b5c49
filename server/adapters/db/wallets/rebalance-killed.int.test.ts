import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, it } from "vitest";
import { fixed, seededRandom } from "@/server/shared";
import { treeViolations } from "@/server/testing/wallets/tree-violations";
import { openDatabase } from "../open-database";

/** How often the process is killed; in the soak. Each life is a process of its own. */
const KILLS = Number(process.env.WALLET_KILLS ?? 3);
const root = path.resolve(import.meta.dirname, "../../../..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wallets-killed-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

// A tree of 40 wallets, rebalanced again and again by targets that change; whatever an earlier life left is gone on with first.
const MOVER = `
const { openDatabase } = await import("./server/adapters/db/open-database.ts");
const { PrismaUserRepository } = await import("./server/adapters/db/prisma-user-repository.ts");
const { PrismaWalletTree } = await import("./server/adapters/db/wallets/prisma-wallet-tree.ts");
const { PrismaRebalanceStore } = await import("./server/adapters/db/wallets/prisma-rebalance-store.ts");
const { PrismaPaperAccountStore } = await import("./server/adapters/exchanges/paper/prisma-paper-account-store.ts");
const { PaperExchangeClient } = await import("./server/adapters/exchanges/paper/paper-exchange-client.ts");
const { SimulatedMarketFeed } = await import("./server/adapters/market/simulated-market-feed.ts");
const { systemScope } = await import("./server/auth/scope.ts");
const { moneyOf, walletsOf } = await import("./server/container/wallets.ts");
const { TEST_CONFIG, liveAgents } = await import("./server/testing/live-agents.ts");
const { fixed } = await import("./server/shared/index.ts");
const { DEFAULT_REBALANCE } = await import("./server/wallets/index.ts");
const [folder, rounds] = process.argv.slice(1);
const db = await openDatabase({ dataDir: folder });
db.setUrl("http://127.0.0.1:4302");
const { workspaceId } = await new PrismaUserRepository(db).signIn({ address: "0x" + "b".repeat(40), marketNow: 1000 });
const scope = systemScope(workspaceId);
const start = Date.UTC(2026, 10, 2);
const feed = new SimulatedMarketFeed(7);
const exchange = new PaperExchangeClient({ feed, store: new PrismaPaperAccountStore(db) });
const live = liveAgents(db, { start, exchange });
const wall = { now: () => Date.now() + 60000 };
const clocks = { wall, market: live.market };
const money = moneyOf({ db, feed, exchange, clocks });
const { work, service } = walletsOf({ db, feed, exchange, clocks, money, closer: live.service });
const master = (await db.prisma.walletNode.findFirst({ where: { workspaceId, kind: "treasury" } })).id;
const tree = new PrismaWalletTree(db);
const nodes = () => db.prisma.walletNode.findMany({ where: { workspaceId, parentId: master }, orderBy: { name: "asc" } });
for (let i = (await nodes()).length; i < 40; i++) {
  const name = "Wallet " + String(i).padStart(2, "0");
  if (i < 34) await tree.create(scope, { kind: "farm", name, parentId: master, strategy: "custom" }, start);
  else await live.service.create(scope, { config: { ...TEST_CONFIG, name }, capital: fixed("100") });
}
console.log("ready");
const list = await nodes();
const store = new PrismaRebalanceStore(db);
for (;;) {
  await work.mirrorLeft();
  await work.goOnRebalances();
  const done = (await store.list(scope, 100)).length;
  if (done >= Number(rounds)) break;
  const weights = Object.fromEntries(list.map((n, i) => [n.id, 1 + ((i * 7 + done * 13) % 10)]));
  const params = { ...DEFAULT_REBALANCE, policy: "target", weights, bandPercent: 0, useFree: true };
  const { preview } = await service.rebalancePreview(scope, { nodeId: master, params });
  await service.rebalance(scope, { nodeId: master, params, previewHash: preview.hash });
  console.log("round " + done);
}
await work.mirrorLeft();
console.log("end " + JSON.stringify(await Promise.all((await nodes()).map(async (n) => {
  const a = await db.prisma.ledgerAccount.findFirst({ where: { nodeId: n.id, kind: "cash" } });
  const agent = await db.prisma.agent.findFirst({ where: { nodeId: n.id } });
  return [n.name, a.balance.toFixed(), agent ? String((await exchange.balances(agent.id)).USDT) : ""];
}))));
await db.close();
process.exit(0);
`;

async function life(dir: string, rounds: number, killAfterMs: number | null): Promise<string | null> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", MOVER, dir, String(rounds)], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let end: string | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "ready" && killAfterMs !== null) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    if (line.startsWith("end ")) end = line;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return end;
}

it(
  `rebalancings end the same when the process is killed ${KILLS} times in the middle of them`,
  async () => {
    const rounds = 4 + KILLS;
    const calm = path.join(folder, "calm");
    const killed = path.join(folder, "killed");
    const expected = await life(calm, rounds, null);
    expect(expected).not.toBeNull();
    const random = seededRandom(KILLS);
    let end: string | null = null;
    let kills = 0;
    while (end === null) {
      const limit = kills < KILLS ? 100 + random() * 1500 : null;
      end = await life(killed, rounds, limit);
      if (end === null) kills++;
    }
    expect(kills).toBeGreaterThan(0);
    expect(end).toBe(expected);
    const db = await openDatabase({ dataDir: killed, migrationsDir: path.join(root, "prisma/migrations") });
    try {
      const [workspace] = await db.prisma.workspace.findMany();
      expect(await treeViolations(db, workspace?.id ?? "", { "BTC/USDT": fixed("1") })).toEqual([]);
      expect(await db.prisma.venueTransfer.count({ where: { doneAt: null } })).toBe(0);
      expect(await db.prisma.rebalance.count({ where: { status: { not: "done" } } })).toBe(0);
    } finally {
      await db.close();
    }
  },
  60_000 + KILLS * 60_000,
);
