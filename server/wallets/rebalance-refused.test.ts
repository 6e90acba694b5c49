import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, DomainError, type Fixed, fixed, min, sub, sum, type TenantScope, ZERO } from "@/server/shared";
import type { RebalanceRow, RebalanceStore } from "./ports";
import { RebalanceService, type RebalanceServicePorts } from "./rebalance-service";

const PARENT = "parent";
const scope = {} as TenantScope;

type Case = {
  readonly moves: readonly { readonly up: boolean; readonly amount: number }[];
  readonly refused: readonly number[];
  readonly diesAt: number;
};

/** Books, and a rebalancing of one parent, in memory: wallet i is of move i; those of `refused` take and give nothing; once the process dies. */
function world({ moves, refused, diesAt }: Case) {
  const sorted = [...moves].sort((a, b) => Number(b.up) - Number(a.up));
  const node = (i: number): string => `w${i}`;
  const planned = sorted.map(({ up, amount }, i) => ({
    fromNodeId: up ? node(i) : PARENT,
    toNodeId: up ? PARENT : node(i),
    amount: fixed(String(amount)),
  }));
  const cash = new Map<string, Fixed>([[PARENT, fixed("100000")], ...sorted.map((m, i): [string, Fixed] => [node(i), fixed(String(m.amount + 5))])]);
  const before = new Map(cash);
  const after = new Map(cash);
  const move = (books: Map<string, Fixed>, from: string, to: string, amount: Fixed): void => {
    books.set(from, sub(books.get(from) ?? ZERO, amount));
    books.set(to, add(books.get(to) ?? ZERO, amount));
  };
  for (const m of planned) move(after, m.fromNodeId, m.toNodeId, m.amount);
  const no = new Set(refused.map((i) => node(i % Math.max(1, sorted.length))));
  const made = new Map<string, Fixed>();
  let calls = 0;
  let row: RebalanceRow = {
    id: "r",
    workspaceId: "w",
    nodeId: PARENT,
    policy: "equal",
    status: "running",
    moves: planned,
    done: 0,
    total: planned.length,
    reason: null,
    actor: "",
    needsApproval: false,
    approved: false,
    turnover: 0,
    at: 0,
  };
  const money = {
    moveAll: async (_scope: TenantScope, orders: readonly { fromNodeId: string | null; toNodeId: string | null; amount: Fixed; key: string }[]) => {
      if (orders.some((o) => no.has(o.fromNodeId ?? "") || no.has(o.toNodeId ?? "")))
        throw new DomainError("ABOVE_SHARE", "It is full.", { kind: "conflict" });
      for (const o of orders) {
        if (made.has(o.key)) continue;
        move(cash, o.fromNodeId ?? "", o.toNodeId ?? "", o.amount);
        made.set(o.key, o.amount);
      }
      if (++calls === diesAt) throw new Error("the process died");
      return [];
    },
  } as unknown as RebalanceServicePorts["money"];
  const store: Partial<RebalanceStore> = {
    get: async () => row,
    made: async () => new Map(made),
    tried: async () => undefined,
    running: async () => (row.status === "running" ? [row] : []),
    progress: async (_id, done) => void (row = { ...row, done: Math.max(done, row.done) }),
    end: async (_row, status, reason) => void (row = { ...row, status, reason }),
  };
  const clock = { now: () => 0 };
  const service = new RebalanceService({
    store,
    money,
    clocks: { wall: clock, market: clock },
    scopeOf: () => scope,
  } as unknown as RebalanceServicePorts);
  return { service, cash, before, after, no, row: () => row };
}

const cases: fc.Arbitrary<Case> = fc.record({
  moves: fc.array(fc.record({ up: fc.boolean(), amount: fc.integer({ min: 1, max: 500 }) }), { minLength: 1, maxLength: 60 }),
  refused: fc.array(fc.nat(59), { maxLength: 6 }),
  diesAt: fc.integer({ min: 0, max: 40 }),
});

describe("a rebalancing that meets a refusal", () => {
  it("leaves nobody with less than planned or before, loses nothing, and spends all that came up for whoever may have it", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const w = world(c);
        await w.service.goOn().catch(() => w.service.goOn());
        expect(w.row().status).not.toBe("running");
        expect(sum([...w.cash.values()])).toBe(sum([...w.before.values()]));
        for (const [id, cash] of w.cash) expect([id, cash >= min(w.before.get(id) ?? ZERO, w.after.get(id) ?? ZERO)]).toEqual([id, true]);
        const same = [...w.after].every(([id, cash]) => w.cash.get(id) === cash);
        expect(w.row().status).toBe(same ? "done" : "failed");
        if (!same) expect(w.row().reason).toContain("left out or cut");
        // Money stays with the parent only when nobody is left who may have it.
        const short = [...w.after].filter(([id, planned]) => id !== PARENT && !w.no.has(id) && (w.cash.get(id) ?? ZERO) < planned);
        if (short.length > 0) expect((w.cash.get(PARENT) ?? ZERO) <= (w.after.get(PARENT) ?? ZERO)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
