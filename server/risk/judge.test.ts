import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asSituation, cases } from "@/server/testing/risk/situations";
import { violations } from "@/server/testing/risk/violations";
import { judgeOrder } from "./judge";
import { RISK_RULES } from "./rules/registry";
import type { RiskRule } from "./rules/rule";
import { RULES } from "./types";

const allowed = (text: string): bigint => {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt(whole) * 10n ** 18n + BigInt(part.padEnd(18, "0"));
};
const safe = (rules?: readonly RiskRule[]) =>
  fc.property(cases, ([s, o]) => violations(s, o, allowed(judgeOrder(asSituation(s), o, rules).allowedQuantity)).length === 0);

describe("no approved order passes any hard limit", () => {
  it("whatever the order and the situation", () => {
    fc.assert(safe(), { numRuns: 5000, seed: 4 });
  });

  it("and orders do get through: the property is not empty", () => {
    const outcomes = { approve: 0, reduce: 0, deny: 0, "no-order": 0 };
    for (const [s, o] of fc.sample(cases, { numRuns: 2000, seed: 5 })) outcomes[judgeOrder(asSituation(s), o).outcome]++;
    expect(Math.min(outcomes.approve, outcomes.reduce, outcomes.deny)).toBeGreaterThan(150);
  });

  it("reduces to the largest whole lot: one lot more would pass a limit", () => {
    let compared = 0;
    for (const [s, o] of fc.sample(cases, { numRuns: 6000, seed: 9 })) {
      const verdict = judgeOrder(asSituation(s), o);
      // The worst unit cost is rounded up once more than the oracle does: one lot may still fit by less than a millionth of a cent.
      if (verdict.outcome !== "reduce" || verdict.decidedBy === "free-balance" || !s.instrument) continue;
      expect(violations(s, o, allowed(verdict.allowedQuantity) + s.instrument.lotSize)).not.toEqual([]);
      compared++;
    }
    expect(compared).toBeGreaterThan(300);
  });

  it("every rule is in the registry once, in the order of its names", () => {
    expect(RISK_RULES.map((r) => r.name)).toEqual(RULES);
  });

  it.each(RULES)("control: without the rule %s an order gets through that passes a limit", (name) => {
    const others = RISK_RULES.filter((r) => r.name !== name);
    expect(others.length).toBe(RISK_RULES.length - 1);
    expect(fc.check(safe(others), { numRuns: 40_000, seed: 4, endOnFailure: true }).failed).toBe(true);
  });
});
