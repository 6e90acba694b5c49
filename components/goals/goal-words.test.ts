import { describe, expect, it } from "vitest";
import { amountText, followsText, lastDay, percentText } from "./goal-words";

describe("goals in words", () => {
  it("give each unit its own digits", () => {
    expect(
      [amountText("5", "percent", "USDT"), amountText("1250.5", "quote", "USDT"), amountText("1.5", "ratio", "USDT")].map((t) =>
        t.replaceAll(" ", " "),
      ),
    ).toEqual(["5.00 %", "1,250.50 USDT", "1.50"]);
  });
  it("never call certain what is not", () => {
    expect([0, 0.001, 0.42, 0.999, 1].map((p) => percentText(p).replaceAll(" ", " "))).toEqual(["0 %", "under 1 %", "42 %", "over 99 %", "100 %"]);
  });
  it("name what follows, and that money under positions stays", () => {
    expect(followsText({})).toBe("Once reached, nothing changes.");
    expect(followsText({ after: "stop", collect: "share", collectPercent: "50" }).replaceAll(" ", " ")).toBe(
      "Once reached, 50 % of the profit is collected, the agents stop. Only free cash is moved, never what is in open positions.",
    );
  });
  it("name the last day that counts", () => {
    expect(lastDay(Date.UTC(2026, 3, 1))).toContain("31 Mar 2026");
  });
});
