import { describe, expect, it } from "vitest";
import { decisionTitle } from "./decision-title";
import { settledBuy } from "./fixture";

const verdict = settledBuy.verdict;
if (!verdict) throw new Error("the fixture has a verdict");

describe("decisionTitle", () => {
  it("tells what was wanted, allowed and made, in one sentence", () => {
    expect(decisionTitle(settledBuy)).toBe("Wanted 12,000 DOGE, was allowed 8,660, made 40.80 USDT in four hours");
  });

  it("says lost for a loss and names no sign", () => {
    const outcome = {
      ...settledBuy.outcome,
      settledAt: 1_763_645_400_000,
      realisedPnl: "0",
      markPnl: "0",
      feesPaid: "0",
      netPnl: "-3.5",
      holdPnl: "0",
    };
    expect(decisionTitle({ ...settledBuy, outcome })).toContain(", lost 3.50 USDT in four hours");
  });

  it("stops at the fill while it is not settled", () => {
    expect(decisionTitle({ ...settledBuy, outcome: null })).toBe("Wanted 12,000 DOGE, was allowed 8,660, filled 8,660");
    const row = { ...settledBuy.row, filledQuantity: "0" };
    expect(decisionTitle({ ...settledBuy, row, outcome: null })).toContain("waiting for fills");
    expect(decisionTitle({ ...settledBuy, row })).toContain("nothing was filled");
  });

  it("ends at the verdict when risk denied it", () => {
    expect(decisionTitle({ ...settledBuy, orders: [], verdict: { ...verdict, outcome: "deny", allowedQuantity: "0" } })).toBe(
      "Wanted 12,000 DOGE, was denied",
    );
  });

  it("tells a hold, a sale, a skipped and a failed turn apart", () => {
    const row = settledBuy.row;
    expect(decisionTitle({ ...settledBuy, orders: [], row: { ...row, action: "hold" }, verdict: { ...verdict, outcome: "no-order" } })).toBe(
      "Held DOGE: wanted no order",
    );
    expect(decisionTitle({ ...settledBuy, row: { ...row, action: "sell" } })).toMatch(/^Wanted to sell 12,000 DOGE/);
    expect(decisionTitle({ ...settledBuy, row: { ...row, phase: "skipped", reason: "The agent was stopped." } })).toBe(
      "Skipped this turn: The agent was stopped",
    );
    expect(decisionTitle({ ...settledBuy, row: { ...row, phase: "failed", reason: null } })).toBe("Could not decide");
    expect(decisionTitle({ ...settledBuy, verdict: null, row: { ...row, phase: "context" } })).toBe("Deciding now");
  });
});
