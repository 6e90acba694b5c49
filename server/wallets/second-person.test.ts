import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Fixed, fixed, fixedInt, ZERO } from "@/server/shared";
import { NO_MONEY_RULES } from "./money-rules";
import { type MoneySituation, type PlannedOrder, planMovements } from "./plan-movements";
import type { RecentMovement } from "./second-person";
import { pathOf } from "./tree";
import type { NodeKind, WalletNodeState } from "./types";

const LIMITS: Readonly<Record<string, number>> = { master: 1000, left: 300 };
const node = (id: string, parentId: string | null, kind: NodeKind): WalletNodeState => ({
  id,
  parentId,
  kind,
  mode: "paper",
  name: id,
  currency: "USDT",
  rules: { ...NO_MONEY_RULES, approvalFrom: LIMITS[id] === undefined ? null : fixedInt(LIMITS[id]) },
  closed: false,
  cash: fixed("1000000"),
  reserved: ZERO,
  positions: ZERO,
  lastMovedAt: null,
});
const TREE = [
  node("master", null, "treasury"),
  node("left", "master", "farm"),
  node("inner", "left", "farm"),
  node("a", "inner", "agent"),
  node("right", "master", "farm"),
  node("b", "right", "agent"),
];
const nodes = new Map(TREE.map((n) => [n.id, n]));
const underOf = (id: string) =>
  pathOf(nodes, id)
    .map((n) => n.id)
    .filter((n) => n in LIMITS);
const end = (nodeId: string | null) => (nodeId === null ? null : { nodeId, under: underOf(nodeId) });
const recent = (from: string | null, to: string | null, amount: number, batchId: string | null = null, count = 1): RecentMovement => ({
  batchId,
  from: end(from),
  to: end(to),
  amount: fixedInt(amount),
  count,
});
const order = (fromNodeId: string, toNodeId: string, amount: number, kind: PlannedOrder["kind"] = "sweep"): PlannedOrder => ({
  kind,
  fromNodeId,
  toNodeId,
  amount: fixedInt(amount),
  key: "",
  why: "",
});
const situation = (movements: readonly RecentMovement[] = [], batchId: string | null = null): MoneySituation => ({
  nodes,
  equity: new Map(),
  at: 0,
  recent: { movements, batchId },
});
const asks = (movements: readonly RecentMovement[], orders: readonly PlannedOrder[], batchId: string | null = null) =>
  planMovements(situation(movements, batchId), orders).movements.map((m) => m.checks.find((c) => c.rule === "approval")?.text ?? null);

describe("the second person", () => {
  it("is asked by the movement that brings a day's sum to the amount, and the preview says with how many", () => {
    const day = [recent("master", "right", 400), recent("right", "b", 500, null, 2)];
    expect(asks(day, [order("master", "right", 99)])).toEqual([null]);
    expect(asks(day, [order("master", "right", 100)])).toEqual([
      "with the 3 movements of the last 24 hours 1,000.00 USDT of 1,000.00 USDT: a second person must agree",
    ]);
    expect(asks([recent("master", "right", 999)], [order("master", "right", 1)])[0]).toContain("with the movement of the last 24 hours");
    expect(asks(day, [order("master", "right", 1000)])).toEqual(["from 1,000.00 USDT on a second person must agree"]);
    // The same without what was moved before: the rule of single movements lets it through.
    expect(asks([], [order("master", "right", 100)])).toEqual([null]);
  });

  it("counts what has an end at or under the rule's wallet, also inside it, and each rule for itself", () => {
    const day = [recent("left", "inner", 200), recent("right", "b", 700)];
    expect(asks(day, [order("right", "b", 99)])).toEqual([null]);
    expect(asks(day, [order("inner", "a", 99)])).toEqual([null]);
    expect(asks(day, [order("inner", "a", 100)])[0]).toContain("300.00 USDT of 300.00 USDT");
  });

  it("counts of a rebalancing what it changes, with what it has made already, and what waits counts for nothing", () => {
    const batch = (amount: number) => [
      order("a", "right", amount, "rebalance"),
      order("b", "right", amount, "rebalance"),
      order("right", "b", amount, "rebalance"),
    ];
    expect(asks([], batch(499))).toEqual(["from 300.00 USDT on a second person must agree", null, null]);
    expect(asks([], batch(200))).toEqual([null, null, null]);
    // 700 made before, back and forth: nothing. As one more of the same it is 200, of another one 1,100.
    const before = [recent("right", "b", 900, "x"), recent("b", "right", 900, "x")];
    expect(asks(before, batch(200), "x")).toEqual([null, null, null]);
    expect(asks([recent("right", "b", 900, "y")], batch(200), "x")[0]).toContain("with the movement of the last 24 hours 1,100.00");
    expect(asks([], [order("right", "b", 600), order("right", "b", 500), order("right", "b", 300)])).toEqual([
      null,
      "together 1,100.00 USDT of 1,000.00 USDT: a second person must agree",
      null,
    ]);
  });

  it("lets a person take back what counted, by its own amount", () => {
    const day = [recent("master", "right", 900)];
    expect(asks(day, [{ ...order("right", "master", 900), apart: true }])).toEqual([null]);
    expect(asks(day, [order("right", "master", 900)])[0]).toContain("1,800.00");
    expect(asks(day, [{ ...order("right", "master", 1000), apart: true }])[0]).toContain("from 1,000.00");
  });

  it("whatever the order and the sizes: what passes stays below every rule's amount, and nothing waits that would have fitted", () => {
    const ids = TREE.map((n) => n.id);
    const moves = fc.array(
      fc
        .record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids), amount: fc.integer({ min: 1, max: 400 }) })
        .filter((m) => m.from !== m.to),
      { minLength: 1, maxLength: 25 },
    );
    const touches = (rule: string, from: string, to: string) => underOf(from).includes(rule) || underOf(to).includes(rule);
    const run = (list: readonly { from: string; to: string; amount: number }[], remembers: boolean) => {
      const made: RecentMovement[] = [];
      const sums = new Map<string, Fixed>(Object.keys(LIMITS).map((r) => [r, ZERO]));
      for (const { from, to, amount } of list) {
        const [plan] = planMovements(situation(remembers ? made : []), [order(from, to, amount)]).movements;
        const after = Object.keys(LIMITS)
          .filter((r) => touches(r, from, to))
          .map((r) => [r, add(sums.get(r) ?? ZERO, fixedInt(amount))] as const);
        const reached = after.some(([r, sum]) => sum >= fixedInt(LIMITS[r] ?? 0));
        if (plan?.needsApproval !== reached) return false;
        if (reached) continue;
        made.push(recent(from, to, amount));
        for (const [r, sum] of after) sums.set(r, sum);
      }
      return true;
    };
    fc.assert(fc.property(moves, (list) => run(list, true)));
    // The control remembers nothing: splitting goes through.
    const splitter = [1, 2, 3, 4].map(() => ({ from: "master", to: "right", amount: 399 }));
    expect(run(splitter, false)).toBe(false);
  });
});
