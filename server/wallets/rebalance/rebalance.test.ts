import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Fixed, fixed, max, sub, sum, toNumber, toText, ZERO } from "@/server/shared";
import { boundedWeights } from "./bounded-weights";
import { planRebalance, type RebalanceInput, type RebalanceWallet } from "./plan-rebalance";
import { LEAST_RETURNS, POLICIES, type Weighed, weightsOf } from "./policies";
import { riskParityWeights } from "./risk-parity";

const ANY = { min: 0, max: 1 };
/** Returns with the given mean and (sample) deviation, two values in turn. */
const series = (mean: number, deviation: number, n = 100): number[] => {
  const d = deviation * Math.sqrt((n - 1) / n);
  return Array.from({ length: n }, (_, i) => mean + (i % 2 === 0 ? d : -d));
};
const weighed = (nodeId: string, returns: readonly number[], outOfSample = returns): Weighed => ({ nodeId, name: nodeId, returns, outOfSample });
const shares = (list: readonly { weight: number }[]) => list.map((w) => w.weight);

describe("policies", () => {
  // Worked in Python 3 with numpy: Newton's method on S y = 1/y, another algorithm than ours; S from deviations 0.1, 0.2, 0.3 and
  // correlations 0.5, 0.2, -0.3.
  it("risk parity is the worked example, and every part adds the same risk", () => {
    const s = [0.01, 0.01, 0.006, 0.01, 0.04, -0.018, 0.006, -0.018, 0.09];
    const w = riskParityWeights(s, 3);
    [0.45310826526183695, 0.3159951544042407, 0.23089658033392238].forEach((expected, i) => {
      expect(w[i]).toBeCloseTo(expected, 10);
    });
    const parts = w.map((x, i) => x * w.reduce((t, y, j) => t + (s[i * 3 + j] as number) * y, 0));
    expect(parts[1]).toBeCloseTo(parts[0] as number, 12);
    expect(parts[2]).toBeCloseTo(parts[0] as number, 12);
    // Inverse volatility, which forgets the correlations, does not.
    const naive = [6 / 11, 3 / 11, 2 / 11];
    const uneven = naive.map((x, i) => x * naive.reduce((t, y, j) => t + (s[i * 3 + j] as number) * y, 0));
    expect(uneven[1]).not.toBeCloseTo(uneven[0] as number, 4);
  });

  it("inverse volatility: a tenth, a fifth and three tenths share 6 : 3 : 2", () => {
    const wallets = [weighed("a", series(0, 0.1)), weighed("b", series(0, 0.2)), weighed("c", series(0, 0.3))];
    const got = shares(weightsOf(wallets, { policy: "inverse-volatility", bounds: ANY }));
    [6 / 11, 3 / 11, 2 / 11].forEach((expected, i) => {
      expect(got[i]).toBeCloseTo(expected, 7);
    });
  });

  it("performance counts only what came after the last edit, drawn to the average, and leaves half of the whole equal", () => {
    const brilliantBefore = weighed("before", series(0.05, 0.01), series(-0.001, 0.01));
    const steady = weighed("steady", series(0.001, 0.01));
    const young = weighed("young", series(0.05, 0.01), series(0.05, 0.01, LEAST_RETURNS - 1));
    const got = weightsOf([brilliantBefore, steady, young], { policy: "performance", bounds: ANY });
    // By hand: ratios -0.1 and 0.1 (over the population deviation, 0.01 * sqrt(99/100)), average 0, trust 100/300; the young one gets the average.
    const ratio = 0.1 / Math.sqrt(99 / 100);
    const scores = [Math.max(0, -ratio / 3), ratio / 3, 0];
    const total = scores.reduce((a, b) => a + b, 0);
    got.forEach((w, i) => {
      expect(w.weight).toBeCloseTo(0.5 / 3 + (0.5 * (scores[i] as number)) / total, 7);
    });
    expect(got[2]?.note).toContain("too few");
  });

  it("goals: the first priority is served whole, equal ones share what is left in proportion, the rest is shared equally", () => {
    const wallets = ["a", "b", "c"].map((id) => weighed(id, []));
    const demand = (wanted: number, priority: number) => ({ wanted, priority });
    const of = (demands: Record<string, { wanted: number; priority: number }>) =>
      shares(weightsOf(wallets, { policy: "goals", demands, whole: 1000, bounds: ANY }));
    const close = (got: readonly number[], expected: readonly number[]) =>
      expected.forEach((e, i) => {
        expect(got[i]).toBeCloseTo(e, 6);
      });
    close(of({ a: demand(700, 1), b: demand(400, 2), c: demand(200, 2) }), [0.7, 0.2, 0.1]);
    close(of({ a: demand(400, 1) }), [0.6, 0.2, 0.2]);
    expect(() => of({})).toThrowError(expect.objectContaining({ code: "NO_DEMANDS" }));
  });

  it("a wallet without a record gets an equal share; when none has one it is refused with the numbers", () => {
    const wallets = [weighed("a", series(0, 0.1)), weighed("b", series(0, 0.2)), weighed("new", [])];
    const got = shares(weightsOf(wallets, { policy: "inverse-volatility", bounds: ANY }));
    [4 / 9, 2 / 9, 1 / 3].forEach((expected, i) => {
      expect(got[i]).toBeCloseTo(expected, 7);
    });
    for (const policy of ["inverse-volatility", "risk-parity", "performance"] as const)
      expect(() => weightsOf([weighed("a", [0.1]), weighed("b", [])], { policy, bounds: ANY })).toThrowError(
        expect.objectContaining({ code: "TOO_LITTLE_RECORD", details: expect.objectContaining({ data: { have: 1, need: LEAST_RETURNS } }) }),
      );
  });

  it("bounds that no weights can keep are refused", () => {
    expect(() => boundedWeights([1, 1], { min: 0.6, max: 1 })).toThrowError(expect.objectContaining({ code: "BOUNDS_IMPOSSIBLE" }));
    expect(() => boundedWeights([1, 1], { min: 0, max: 0.4 })).toThrowError(expect.objectContaining({ code: "BOUNDS_IMPOSSIBLE" }));
    expect(() => weightsOf([weighed("a", [])], { policy: "target", weights: {}, bounds: ANY })).toThrowError(
      expect.objectContaining({ code: "NO_TARGETS" }),
    );
  });

  it("of every policy: weights sum to one and keep within the bounds", () => {
    const returns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 0, maxLength: 60 });
    const wallets = fc.array(fc.record({ returns, outOfSample: returns }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        wallets,
        fc.constantFrom(...POLICIES),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (list, policy, a, b) => {
          const n = list.length;
          const bounds = { min: a / n, max: 1 / n + (1 - 1 / n) * b };
          const all = list.map((w, i) => ({ ...w, nodeId: `n${i}`, name: `n${i}` }));
          const weights = Object.fromEntries(all.map((w, i) => [w.nodeId, i + 1]));
          const demands = Object.fromEntries(all.map((w, i) => [w.nodeId, { wanted: i * 10, priority: i % 3 }]));
          let got: readonly { weight: number }[];
          try {
            got = weightsOf(all, { policy, weights, demands, whole: 500, bounds });
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/TOO_LITTLE_RECORD|NO_DEMANDS/) });
            return;
          }
          expect(shares(got).reduce((x, y) => x + y, 0)).toBeCloseTo(1, 9);
          for (const w of shares(got)) {
            expect(w).toBeGreaterThanOrEqual(bounds.min - 1e-9);
            expect(w).toBeLessThanOrEqual(bounds.max + 1e-9);
          }
        },
      ),
    );
  });
});

describe("a rebalancing", () => {
  const wallet = (nodeId: string, equity: string, free = equity): RebalanceWallet => ({
    ...weighed(nodeId, []),
    equity: fixed(equity),
    free: fixed(free),
  });
  const input = (wallets: readonly RebalanceWallet[], more: Partial<RebalanceInput> = {}): RebalanceInput => ({
    parentId: "p",
    currency: "USDT",
    spare: ZERO,
    wallets,
    params: { policy: "equal", bounds: ANY },
    band: 0.02,
    costRate: 0.001,
    ...more,
  });

  it("brings money up first and then down, as worked by hand: 1,000 and 2,000 and 600 become 1,200 each", () => {
    const plan = planRebalance(input([wallet("a", "1000"), wallet("b", "2000"), wallet("c", "600")]));
    expect(plan.moves.map((m) => [m.fromNodeId, m.toNodeId, toText(m.amount)])).toEqual([
      ["b", "p", "800"],
      ["p", "a", "200"],
      ["p", "c", "600"],
    ]);
    expect(plan.turnover).toBeCloseTo(800 / 3600, 12);
    expect(toText(plan.cost)).toBe("0.8");
  });

  it("gives what is spare, and takes no more than is free: money in positions stays", () => {
    const plan = planRebalance(input([wallet("a", "1000"), wallet("b", "2000", "100")], { spare: fixed("300") }));
    expect(plan.moves.map((m) => [m.fromNodeId, toText(m.amount)])).toEqual([
      ["b", "100"],
      ["p", "400"],
    ]);
  });

  it("noise below the band moves nothing; without a band it would", () => {
    const noisy = [wallet("a", "1010"), wallet("b", "1000"), wallet("c", "990")];
    expect(planRebalance(input(noisy)).moves).toEqual([]);
    expect(planRebalance(input(noisy, { band: 0 })).moves.length).toBeGreaterThan(0);
  });

  it("whatever the wallets are: money is conserved, nobody gives more than is free, and nothing moves the wrong way", () => {
    const cents = (top: number) => fc.integer({ min: 0, max: top }).map((c) => (BigInt(c) * 10n ** 16n) as Fixed);
    const wallets = fc.array(fc.record({ equity: cents(1e7), share: fc.integer({ min: 0, max: 100 }) }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(wallets, cents(1e7), fc.double({ min: 0, max: 0.2, noNaN: true }), (list, spare, band) => {
        const all = list.map(({ equity, share }, i) => ({ ...wallet(`n${i}`, "0"), equity, free: ((equity * BigInt(share)) / 100n) as Fixed }));
        const whole = add(sum(all.map((w) => w.equity)), spare);
        if (whole === 0n) return;
        const plan = planRebalance(input(all, { spare, band }));
        expect(violations(plan, all, spare)).toEqual([]);
        for (const w of plan.wallets) {
          const off = sub(w.target, w.now);
          if (w.move !== 0n) expect(w.move > 0n).toBe(off > 0n);
          expect((w.move < 0n ? -w.move : w.move) <= (off < 0n ? -off : off)).toBe(true);
          if (Math.abs(toNumber(off)) <= band * toNumber(whole)) expect(w.move).toBe(0n);
        }
      }),
    );
    // A planner that forgets that money can be in positions is found.
    const greedy = [{ ...wallet("a", "1000"), free: fixed("1000") }, wallet("b", "0")];
    expect(violations(planRebalance(input(greedy)), [wallet("a", "1000", "10"), wallet("b", "0")], ZERO)).toEqual(["a gives more than is free"]);
  });

  function violations(plan: ReturnType<typeof planRebalance>, wallets: readonly RebalanceWallet[], spare: Fixed): string[] {
    const wrong: string[] = [];
    let cash = spare;
    for (const m of plan.moves) {
      const giver = wallets.find((w) => w.nodeId === m.fromNodeId);
      if (giver && m.amount > giver.free) wrong.push(`${giver.nodeId} gives more than is free`);
      if (m.amount % 10n ** 16n !== 0n) wrong.push("an amount cannot be moved");
      cash = m.fromNodeId === "p" ? sub(cash, m.amount) : add(cash, m.amount);
      if (cash < 0n) wrong.push("the parent gives what it does not have");
    }
    if (max(cash, ZERO) > add(spare, fixed("0.05")) && cash > spare) wrong.push("more came up than was wanted");
    return wrong;
  }
});
