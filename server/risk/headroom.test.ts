import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixed, ZERO } from "@/server/shared";
import { asSituation, madeUp } from "@/server/testing/risk/situations";
import { headroomOf } from "./headroom";
import { judgeOrder } from "./judge";
import { LIMIT_NAMES } from "./limit-specs";
import { RISK_RULES } from "./rules/registry";

const SYMBOL = "BTC/USDT";
const smallest = { symbol: SYMBOL, side: "buy" as const, type: "market" as const, quantity: fixed("0.001"), limitPrice: null };

describe("headroom", () => {
  it("has every limit that is set at every level, once, with the figures that the judge shows for a buy", () => {
    let compared = 0;
    fc.assert(
      fc.property(madeUp, (made) => {
        const situation = asSituation(made);
        const found = headroomOf([[SYMBOL, situation]]);
        const set = situation.levels.flatMap((l) => LIMIT_NAMES.filter((n) => (l.limits[n] ?? null) !== null).map((n) => `${l.level} ${n}`));
        expect(found.map((h) => `${h.level} ${h.name}`)).toEqual(set);
        const { checks } = judgeOrder(situation, smallest);
        for (const h of found) {
          const rule = RISK_RULES.find((r) => r.limits[0] === h.name)?.name;
          const check = checks.find((c) => c.rule === rule && c.level === h.level);
          if (h.value === null || !check) continue;
          compared += 1;
          expect([h.limit, h.unit]).toEqual([check.limit, check.unit]);
          expect(h.value).toBe(h.name === "priceCollarBps" ? check.asked : check.before);
          // A full limit lets not even the smallest buy through as it is.
          if (h.stops && h.name !== "priceCollarBps" && h.name !== "maxPriceAgeSeconds") expect(check.outcome).not.toBe("pass");
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("takes the market that stands nearest to a limit, and one that cannot be measured before all", () => {
    fc.assert(
      fc.property(madeUp, fc.integer({ min: 1, max: 9 }), (made, more) => {
        const fuller = { ...made, openBuyNotional: fixed(String(1000 * more)), quantity: ZERO };
        const emptier = { ...made, openBuyNotional: ZERO, quantity: ZERO };
        const of = (list: Parameters<typeof headroomOf>[0]) => headroomOf(list).find((h) => h.name === "maxPositionNotional");
        const both = of([
          ["A/USDT", asSituation(emptier)],
          ["B/USDT", asSituation(fuller)],
        ]);
        if (both?.share == null) return;
        expect(both.symbol).toBe("B/USDT");
        expect(both).toEqual(of([["B/USDT", asSituation(fuller)]]));
      }),
    );
  });

  it("an agent without markets has none", () => {
    expect(headroomOf([])).toEqual([]);
  });
});
