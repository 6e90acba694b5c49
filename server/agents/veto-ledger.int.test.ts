import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaVetoStore } from "@/server/adapters/db/prisma-veto-store";
import { fixed, HOUR_MS, mul, sub, toText } from "@/server/shared";
import { countStatements, describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { turnCode, VetoLedger } from ".";

/** One settled turn that wanted to buy for 4,000 and was allowed what the limits say. */
async function settled(db: Database, limits: Partial<typeof TEST_CONFIG.limits>) {
  const seeded = await seedWorkspace(db);
  const code = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "4000" } }) };
  const live = liveAgents(db, { start: Date.UTC(2026, 10, 2), code });
  const config = { ...TEST_CONFIG, limits: { ...TEST_CONFIG.limits, ...limits } };
  const { agentId } = await live.service.create(seeded.scope, { config, capital: fixed("6000") });
  await live.service.start(seeded.scope, agentId);
  await live.scheduler.finishTransition(seeded.workspaceId, agentId);
  const [tick] = await live.scheduler.plan(HOUR_MS);
  if (!tick) throw new Error("no tick is planned");
  live.clock.time = tick.wallAt;
  await live.runner.run(tick);
  live.clock.time = tick.settleAt;
  await live.runner.settleDue();
  const ledger = new VetoLedger({ store: new PrismaVetoStore(db), feeds: { of: async () => live.feed }, market: live.market });
  return { ...live, ...seeded, agentId, tick, ledger };
}

describeDatabase("the veto ledger", (db) => {
  it("measures a reduction at the price its allowed part was filled at, once", async () => {
    const a = await settled(db(), { maxOrderNotional: fixed("1000") });
    expect(await a.ledger.measureDue()).toEqual({ measured: 1 });
    const [veto] = await db().prisma.veto.findMany({ where: { workspaceId: a.workspaceId } });
    const [fill] = await db().prisma.fill.findMany({ where: { agentId: a.agentId } });
    if (!veto || !fill) throw new Error("a veto and a fill are there");
    expect(veto).toMatchObject({ rule: "order-notional", outcome: "reduce", side: "buy", leg: 0, note: null });
    // The same market, the same open: the oracle is the venue's own fill.
    expect(veto.entryPrice?.toFixed()).toBe(fill.price.toFixed());
    const quantity = sub(fixed(veto.askedQuantity.toFixed()), fixed(veto.allowedQuantity.toFixed()));
    expect(veto.vetoedQuantity.toFixed()).toBe(toText(quantity));
    const entry = fixed(fill.price.toFixed());
    const settle = (await a.feed.price({ symbol: "BTC/USDT", at: a.tick.settleAt }))?.price ?? fixed("0");
    const fee = mul(mul(quantity, entry, "up"), fixed("0.001"), "up");
    const rate = fixed(fill.fee.toFixed());
    expect(rate > 0n).toBe(true);
    expect(veto.fee.toFixed()).toBe(toText(fee));
    expect(veto.saved.toFixed()).toBe(toText(sub(fee, mul(quantity, sub(settle, entry), "half-even"))));
    const { result, count } = await countStatements(db(), () => a.ledger.measureDue());
    expect([result.measured, count]).toEqual([0, 1]);
  });

  it("measures a denial, and nothing of a turn without one", async () => {
    const a = await settled(db(), { allowedSymbols: ["ETH/USDT"] });
    await a.ledger.measureDue();
    expect(await db().prisma.veto.findMany({ where: { agentId: a.agentId } })).toMatchObject([
      { rule: "symbol-allow-list", outcome: "deny", note: null, symbol: "BTC/USDT" },
    ]);
    const free = await settled(db(), {});
    expect(await free.ledger.measureDue()).toEqual({ measured: 0 });
    expect(await db().prisma.veto.count({ where: { agentId: free.agentId } })).toBe(0);
  });
});
