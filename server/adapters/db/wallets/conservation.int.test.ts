import { expect, it } from "vitest";
import { fixed, seededRandom, type TenantScope, toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents } from "@/server/testing/live-agents";
import { type Mover, RandomTree } from "@/server/testing/wallets/random-tree";
import { treeViolations } from "@/server/testing/wallets/tree-violations";
import { MoneyService, NO_MONEY_RULES, type PlannedOrder, planMovements } from "@/server/wallets";
import { queryOf } from "./apply-movements";
import { loadSituation } from "./load-situation";
import { PrismaMovementStore } from "./prisma-movement-store";
import { PrismaWalletTree } from "./prisma-wallet-tree";

/** How many operations; more in the soak, and there on a server, too. */
const OPERATIONS = Number(process.env.WALLET_OPERATIONS ?? "90");
const SOAK = process.env.WALLET_OPERATIONS !== undefined;
const TREES = Number(process.env.WALLET_TREES ?? "1");
const START = Date.UTC(2026, 10, 2);

describeDatabase("money in a wallet tree", (db, engine) => {
  // What holds of the code holds on both databases; what is about concurrent statements is asked of both.
  const embedded = engine === "pglite" ? it : null;
  const random = SOAK ? it : embedded;
  random?.each(Array.from({ length: TREES }, (_, i) => i + 1))(
    "is conserved whatever happens at once: movements, fills, undo, moved wallets, replayed keys (tree %i)",
    async (seed) => {
      const live = liveAgents(db(), { start: START });
      const tree = await RandomTree.grow(db(), live, seededRandom(seed * 7919), { farms: 6, agents: 6 });
      const venue = async (agentId: string) => (await live.exchange.balances(agentId)).USDT ?? fixed("0");
      for (let done = 0; done < OPERATIONS; done += 30) {
        await tree.happen(Math.min(30, OPERATIONS - done), 6);
        expect(await treeViolations(db(), tree.workspaceId, tree.prices, venue)).toEqual([]);
      }
      // Something of everything has happened, or this test says little.
      expect(tree.outcomes.has("MOVED TWICE")).toBe(false);
      for (const outcome of ["moved", "bought", "INSUFFICIENT_FUNDS"]) expect(tree.outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
    },
    600_000,
  );

  embedded?.("a mover that makes up a new key each time moves twice, and is found", async () => {
    const live = liveAgents(db(), { start: START });
    let n = 0;
    const keyless: Mover = {
      move: (scope, order) => live.money.move(scope, { ...order, key: `${order.key}#${n++}` }),
      undo: (scope, id) => live.money.undo(scope, id),
    };
    const tree = await RandomTree.grow(db(), live, seededRandom(5), { farms: 1, agents: 1 }, keyless);
    const order = {
      kind: "allocate" as const,
      fromNodeId: tree.master,
      toNodeId: tree.nodes[1] as string,
      amount: fixed("5"),
      key: "twice",
      why: "",
    };
    await keyless.move(tree.scope, order);
    await keyless.move(tree.scope, order);
    expect(await treeViolations(db(), tree.workspaceId, tree.prices)).toEqual(["a key has moved money twice"]);
  });

  embedded?.("a mover that forgets the venue is found", async () => {
    const live = liveAgents(db(), { start: START });
    const clocks = { wall: live.clock, market: live.market };
    const forgetful = new MoneyService({ store: live.movements, feed: live.feed, venue: { transfer: async () => {} }, clocks });
    const tree = await RandomTree.grow(db(), live, seededRandom(5), { farms: 1, agents: 1 });
    const [agent] = tree.agents;
    await forgetful.move(tree.scope, {
      kind: "rebalance",
      fromNodeId: tree.master,
      toNodeId: agent?.nodeId ?? "",
      amount: fixed("5"),
      key: "f",
      why: "",
    });
    const venue = async (agentId: string) => (await live.exchange.balances(agentId)).USDT ?? fixed("0");
    expect(await treeViolations(db(), tree.workspaceId, tree.prices, venue)).toEqual(["the venue holds 1000 of an agent, and the books moved 1005"]);
  });

  it("a mover that looks before it locks breaks the reserve; the real one does not", async () => {
    const live = liveAgents(db(), { start: START });
    const tree = await RandomTree.grow(db(), live, seededRandom(5), { farms: 1, agents: 0 });
    const [master, farm] = tree.nodes as [string, string];
    await new PrismaWalletTree(db()).setRules(tree.scope, master, { ...NO_MONEY_RULES, reserve: fixed("96000") });
    const order = (key: string): PlannedOrder => ({ kind: "allocate", fromNodeId: master, toNodeId: farm, amount: fixed("700"), key, why: "" });
    const left = async () => toText((await live.money.preview(tree.scope, [order("look")])).rows[0]?.now ?? fixed("0"));
    const both = (move: (scope: TenantScope, order: PlannedOrder) => Promise<unknown>, names: string[]) =>
      Promise.allSettled(names.map((name) => move(tree.scope, order(name))));
    // 97,000 are there: one of two movements of 700 keeps the reserve.
    const real = await both((scope, o) => live.money.move(scope, o), ["a", "b"]);
    expect(real.map((r) => r.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await left()).toBe("96300");
    await live.money.undo(tree.scope, (await db().prisma.movement.findFirstOrThrow({ where: { key: { in: ["a", "b"] } } })).id);
    // This one plans on what it sees, and posts later.
    const naive = async (scope: TenantScope, o: PlannedOrder): Promise<void> => {
      const context = { at: START, wallAt: START, prices: {}, askedBy: null };
      const plan = await db().transaction(async (tx) => planMovements(await loadSituation(queryOf(tx), scope.workspaceId, [o], context), [o]));
      if (plan.refusal) throw plan.refusal;
      await new Promise((done) => setTimeout(done, 200));
      await new PrismaWalletTree(db()).setRules(scope, master, NO_MONEY_RULES);
      await new PrismaMovementStore(db()).apply(scope, [o], { at: START, wallAt: 0, prices: {} });
    };
    await both(naive, ["c", "d"]);
    expect(await left()).toBe("95600");
  });

  embedded?.("a preview that is not the execution is found: what it shows is not what is there afterwards", async () => {
    const live = liveAgents(db(), { start: START });
    const tree = await RandomTree.grow(db(), live, seededRandom(5), { farms: 1, agents: 0 });
    const [master, farm] = tree.nodes as [string, string];
    const order = { kind: "allocate" as const, fromNodeId: master, toNodeId: farm, amount: fixed("10"), key: "p", why: "" };
    const wrongAfter = async (shown: string) =>
      toText((await live.money.preview(tree.scope, [{ ...order, key: "q" }])).rows[1]?.now ?? fixed("0")) === shown ? [] : ["not as previewed"];
    const plan = await live.money.preview(tree.scope, [order]);
    await live.money.move(tree.scope, order, { previewHash: plan.hash });
    expect(await wrongAfter(toText(plan.rows[1]?.after ?? fixed("0")))).toEqual([]);
    // A preview that computes by itself and forgets what a wallet has already.
    expect(await wrongAfter("10")).toEqual(["not as previewed"]);
  });
});
