import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { systemScope } from "@/server/auth/scope";
import { DEFAULT_COSTS, type JobSpec } from "@/server/backtest";
import { INTERVAL_MS } from "@/server/market";
import type { TenantScope } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import type { Database } from "./database";
import { packBlob } from "./pack-blob";
import { MOST_ATTEMPTS, PrismaBacktestQueue } from "./prisma-backtest-queue";
import { MOST_WAITING, PrismaBacktestStore } from "./prisma-backtest-store";
import { PrismaUserRepository } from "./prisma-user-repository";

const FROM = Date.UTC(2025, 0, 1);
const LEASE = 60_000;
const job: JobSpec = {
  kind: "single",
  spec: {
    version: 1,
    engine: "event",
    interval: "1h",
    from: FROM,
    to: FROM + 600 * INTERVAL_MS["1h"],
    capital: "10000",
    agents: [{ name: "a", symbols: ["BTC/USDT"], ruleSet: "trend-follow", params: {}, capital: null, limits: {} }],
    costs: DEFAULT_COSTS,
    draws: 0,
    seed: 1,
  },
};

describeDatabase("the queue of backtests", (open) => {
  let db: Database;
  let store: PrismaBacktestStore;
  let queue: PrismaBacktestQueue;
  let at = FROM;
  beforeAll(async () => {
    db = await open();
    store = new PrismaBacktestStore(db);
    queue = new PrismaBacktestQueue(db);
  });
  beforeEach(async () => {
    await db.prisma.backtest.deleteMany();
  });

  async function tenant(): Promise<TenantScope> {
    const address = `0x${randomUUID().replaceAll("-", "").padEnd(40, "0")}`;
    const { workspaceId } = await new PrismaUserRepository(db).signIn({ address, isDemo: false, marketNow: FROM });
    return systemScope(workspaceId);
  }
  const insert = (scope: TenantScope) => store.insert(scope, { name: "test", job, trials: 1 }, at++);
  const claim = (owner = "one") => queue.claim(owner, at, LEASE);
  const lapse = (id: string) => db.prisma.backtest.update({ where: { id }, data: { leaseUntil: new Date(0) } });
  /** Claims and ends one; whose it was. */
  async function next(): Promise<string> {
    const found = await claim();
    if (!found) return "nobody";
    await queue.end(found.id, "one", { code: "TEST", reason: "a test" }, at);
    return found.workspaceId;
  }

  it("workspaces take turns, and a newcomer is next, however many another has waiting", async () => {
    const [a, b, c] = [await tenant(), await tenant(), await tenant()];
    const first = await insert(a);
    for (let i = 0; i < 4; i++) await insert(a);
    expect((await claim("one"))?.id).toBe(first);
    await queue.end(first, "one", { code: "TEST", reason: "a test" }, at);
    await insert(b);
    await insert(b);
    expect(await next()).toBe(b.workspaceId);
    await insert(c);
    // c has never had one; then whoever waited longest. Deleting what one had does not help.
    await store.remove(a, first);
    const names = new Map([a, b, c].map((s, i) => [s.workspaceId, "abc"[i]]));
    const turns: (string | undefined)[] = [];
    for (let i = 0; i < 7; i++) turns.push(names.get(await next()));
    expect(turns).toEqual(["c", "a", "b", "a", "a", "a", undefined]);
  });

  it("two processes at once take turns, too, and never the same", async () => {
    const [a, b] = [await tenant(), await tenant()];
    for (let i = 0; i < 3; i++) await insert(a);
    for (let i = 0; i < 3; i++) await insert(b);
    const claimed = await Promise.all([1, 2, 3, 4].map((i) => queue.claim(`process ${i}`, at, LEASE)));
    expect(new Set(claimed.map((c) => c?.id)).size).toBe(4);
    expect(claimed.filter((c) => c?.workspaceId === a.workspaceId)).toHaveLength(2);
  });

  it("requests at the same instant do not pass the bound, new or resumed", async () => {
    const scope = await tenant();
    const stopped: string[] = [];
    for (let i = 0; i < 3; i++) {
      stopped.push(await insert(scope));
      await store.cancel(scope, stopped[i] as string, at);
    }
    for (let i = 0; i < MOST_WAITING - 2; i++) await insert(scope);
    const together = [...stopped.map((id) => store.resume(scope, id)), insert(scope), insert(scope), insert(scope)];
    const outcomes = await Promise.allSettled(together);
    expect(outcomes.filter((o) => o.status === "fulfilled")).toHaveLength(2);
    for (const o of outcomes)
      if (o.status === "rejected") expect(o.reason).toMatchObject({ code: "TOO_MANY_BACKTESTS", details: { kind: "limited" } });
    const waiting = await db.prisma.backtest.count({ where: { workspaceId: scope.workspaceId, status: { in: ["queued", "running"] } } });
    expect(waiting).toBe(MOST_WAITING);
  });

  it("gives up what ends its process again and again, and says so; a finished piece or a person begins the count anew", async () => {
    const scope = await tenant();
    const id = await insert(scope);
    const packed = await packBlob({ some: "piece" });
    for (let i = 0; i < MOST_ATTEMPTS - 1; i++) {
      expect((await claim(`dies ${i}`))?.id).toBe(id);
      await lapse(id);
    }
    expect((await claim("gets on"))?.id).toBe(id);
    await queue.savePart(id, "gets on", "agent:0", packed, [], at);
    await lapse(id);
    for (let i = 0; i < MOST_ATTEMPTS; i++) {
      expect((await claim(`dies again ${i}`))?.id).toBe(id);
      await lapse(id);
    }
    // Another tenant's is not held up by it.
    const other = await insert(await tenant());
    expect((await claim())?.id).toBe(other);
    await queue.end(other, "one", { code: "TEST", reason: "a test" }, at);
    const failed = await store.get(scope, id);
    expect(failed).toMatchObject({ status: "failed", reasonCode: "BACKTEST_ENDS_ITS_PROCESS" });
    expect(failed.reason).toContain(`${MOST_ATTEMPTS} times`);
    await store.resume(scope, id);
    expect((await claim())?.id).toBe(id);
    // Ends in order: that start does not count.
    for (let i = 0; i < MOST_ATTEMPTS + 1; i++) {
      await queue.release("one");
      expect((await claim())?.id).toBe(id);
    }
    // What this process is still at is not taken for dead by it, whatever the lease says.
    await lapse(id);
    expect(await queue.claim("one", at, LEASE, [id])).toBeNull();
    expect(await store.get(scope, id)).toMatchObject({ status: "running" });
  });
});
