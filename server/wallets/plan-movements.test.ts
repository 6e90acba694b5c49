import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Fixed, fixed, sum, toText, ZERO } from "@/server/shared";
import { NO_MONEY_RULES, parseMoneyRules } from "./money-rules";
import { type MoneySituation, type PlannedOrder, planMovements, touched } from "./plan-movements";
import { assertMayMove, MOST_LEVELS, pathOf } from "./tree";
import type { MoneyRules, NodeKind, WalletNodeState } from "./types";

const node = (id: string, parentId: string | null, kind: NodeKind, cash: string, rules: Partial<MoneyRules> = {}): WalletNodeState => ({
  id,
  parentId,
  kind,
  mode: "paper",
  name: id,
  currency: "USDT",
  rules: { ...NO_MONEY_RULES, ...rules },
  closed: false,
  cash: fixed(cash),
  reserved: ZERO,
  positions: ZERO,
  lastMovedAt: null,
});
const TREE = [
  node("master", null, "treasury", "1000"),
  node("left", "master", "farm", "200"),
  node("inner", "left", "farm", "50"),
  node("agent", "inner", "agent", "30"),
  node("right", "master", "farm", "0"),
  node("vault", "master", "vault", "0"),
];
function situation(list: readonly WalletNodeState[] = TREE): MoneySituation {
  const nodes = new Map(list.map((n) => [n.id, n]));
  const equity = new Map(list.map((n) => [n.id, sum(list.filter((m) => pathOf(nodes, m.id).some((p) => p.id === n.id)).map((m) => m.cash))]));
  return { nodes, equity, at: 0 };
}
const order = (fromNodeId: string | null, toNodeId: string | null, amount: string, kind: PlannedOrder["kind"] = "rebalance"): PlannedOrder => ({
  kind,
  fromNodeId,
  toNodeId,
  amount: fixed(amount),
  key: `${fromNodeId}-${toNodeId}-${amount}`,
  why: "",
});

describe("a plan of movements", () => {
  it("touches only the sub-trees that money enters or leaves: inside a farm nothing changes for the farm", () => {
    const { nodes } = situation();
    const names = (o: PlannedOrder) => touched(nodes, o).map((t) => [t.node.id, t.sign]);
    expect(names(order("left", "agent", "1"))).toEqual([
      ["agent", 1],
      ["inner", 1],
    ]);
    expect(names(order("agent", "right", "1"))).toEqual([
      ["agent", -1],
      ["inner", -1],
      ["left", -1],
      ["right", 1],
    ]);
    expect(names(order(null, "master", "1", "deposit"))).toEqual([["master", 1]]);
  });

  it("plans each order on what the ones before it leave", () => {
    const plan = planMovements(situation(), [order("master", "right", "1000"), order("right", "vault", "1000"), order("master", "left", "0.01")]);
    expect(plan.movements.map((m) => m.refusal?.code ?? "ok")).toEqual(["ok", "ok", "INSUFFICIENT_FUNDS"]);
    expect(plan.refusal).toMatchObject({ details: { field: "amount", data: { have: "0", need: "0.01" } } });
    expect(plan.rows.map((r) => [r.name, toText(r.after)])).toEqual([
      ["master", "0"],
      ["right", "0"],
      ["vault", "1000"],
      ["left", "200"],
    ]);
  });

  it("has another hash when a wallet it names has other cash, rules or orders, and the same one when another wallet has", () => {
    const orders = [order("master", "right", "5")];
    const { hash } = planMovements(situation(), orders);
    const with_ = (id: string, change: Partial<WalletNodeState>) =>
      planMovements(situation(TREE.map((n) => (n.id === id ? { ...n, ...change } : n))), orders).hash;
    expect(with_("vault", { cash: fixed("9") })).toBe(hash);
    expect(with_("right", { cash: fixed("9") })).not.toBe(hash);
    expect(with_("master", { rules: { ...NO_MONEY_RULES, reserve: fixed("1") } })).not.toBe(hash);
    expect(planMovements(situation(), [order("master", "right", "6")]).hash).not.toBe(hash);
  });

  it("whatever is asked: money is conserved, nobody gives what it does not have, and every reserve and share is kept", () => {
    const ids = [...TREE.map((n) => n.id), null];
    const orders = fc.array(fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids), cents: fc.integer({ min: 1, max: 150_000 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    const rules = { reserve: fixed("100"), maxFarmPercent: fixed("60"), maxAgentPercent: fixed("10") };
    const start = situation(TREE.map((n) => (n.id === "master" ? { ...n, rules: { ...n.rules, ...rules } } : n)));
    fc.assert(
      fc.property(orders, (list) => {
        const asked = list.map(({ from, to, cents }) =>
          order(from, to, (cents / 100).toFixed(2), from === null ? "deposit" : to === null ? "withdraw" : "rebalance"),
        );
        const plan = planMovements(start, asked);
        expect(plan.conserved).toBe(true);
        const cash = new Map(TREE.map((n) => [n.id, n.cash]));
        for (const m of plan.movements.filter((x) => !x.refusal)) {
          for (const p of m.draft?.postings ?? []) {
            const id = p.account.nodeId;
            if (id !== null) cash.set(id, add(cash.get(id) ?? ZERO, p.amount));
          }
          for (const amount of cash.values()) expect(amount >= 0n).toBe(true);
          if (m.order.fromNodeId === "master") expect((cash.get("master") as Fixed) >= fixed("100")).toBe(true);
        }
        for (const r of plan.rows) if (r.nodeId !== null) expect(r.after).toBe(cash.get(r.nodeId));
      }),
    );
  });
});

describe("the shape of a tree", () => {
  const nodes = situation().nodes;
  const may = (id: string, parent: string, below = 1) => assertMayMove(nodes.get(id) as WalletNodeState, pathOf(nodes, parent), below);

  it.each([
    ["left", "left", "TREE_CYCLE"],
    ["left", "inner", "TREE_CYCLE"],
    ["right", "agent", "CANNOT_HOLD"],
    ["right", "vault", "CANNOT_HOLD"],
    ["master", "right", "MASTER_STAYS"],
  ])("%s under %s is refused: %s", (id, parent, code) => {
    expect(() => may(id, parent)).toThrowError(expect.objectContaining({ code, details: expect.objectContaining({ field: "parentId" }) }));
  });

  it("is 16 levels deep at most", () => {
    expect(() => may("right", "inner", MOST_LEVELS - 3)).not.toThrow();
    expect(() => may("right", "inner", MOST_LEVELS - 2)).toThrowError(expect.objectContaining({ code: "TOO_DEEP" }));
  });

  it.each([
    [{ reserve: "0" }, "rules.reserve"],
    [{ reserve: "-1" }, "rules.reserve"],
    [{ maxAgentPercent: "101" }, "rules.maxAgentPercent"],
    [{ cooldownSeconds: 1.5 }, "rules.cooldownSeconds"],
    [{ approvalFrom: "much" }, "rules.approvalFrom"],
    [{ unknown: "1" }, "rules.unknown"],
  ])("a rule that cannot be is refused by name: %j", (rules, field) => {
    expect(() => parseMoneyRules(rules)).toThrowError(expect.objectContaining({ details: expect.objectContaining({ field }) }));
  });
});
