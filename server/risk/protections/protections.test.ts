import { describe, expect, it } from "vitest";
import { fixed } from "@/server/shared";
import { parseProtections, protectionsAsJson } from "./parse-protections";
import { PROTECTIONS, protectionReach } from "./registry";
import { RoundTrips } from "./round-trips";
import type { ClosedTrade, ProtectionSpec } from "./types";

const MINUTE = 60_000;
/** A trade that closed at this minute with this profit in per cent. */
const trade = (minute: number, percent: string, symbol = "BTC/USDT"): ClosedTrade => ({
  symbol,
  openedAt: (minute - 1) * MINUTE,
  closedAt: minute * MINUTE,
  profit: fixed((Number(percent) / 100).toFixed(6)),
});
const lock = (spec: ProtectionSpec, trades: readonly ClosedTrade[], minute: number, symbol = "BTC/USDT") =>
  PROTECTIONS.map((p) => p.lock(spec, trades, minute * MINUTE, symbol)).find((l) => l !== null) ?? null;
/** The minute at which the lock ends; null while nothing is locked. */
const until = (...args: Parameters<typeof lock>): number | null => {
  const found = lock(...args);
  return found && found.until / MINUTE;
};

describe("stop-loss guard", () => {
  // freqtrade: trade_limit 2 within lookback_period 60, stop_duration 30, required_profit 0.
  const spec: ProtectionSpec = {
    kind: "stop-loss-guard",
    lookbackMinutes: 60,
    stopMinutes: 30,
    tradeLimit: 2,
    lossPercent: fixed("0"),
    onlyPerPair: false,
  };

  it("stops everything for thirty minutes after the second loss within the hour, from its close", () => {
    const trades = [trade(100, "-1"), trade(120, "2"), trade(140, "-0.5", "ETH/USDT")];
    expect(until(spec, trades, 139)).toBeNull();
    expect(until(spec, trades, 140)).toBe(170);
    expect(until(spec, trades, 169, "DOGE/USDT")).toBe(170);
    expect(until(spec, trades, 170)).toBeNull();
  });
  it("counts a loss only as long as it lies within the lookback: strictly after its beginning", () => {
    expect(until(spec, [trade(100, "-1"), trade(159, "-1")], 160)).toBe(189);
    expect(until(spec, [trade(100, "-1"), trade(160, "-1")], 161)).toBeNull();
  });
  it("holds until its end although the trades have left the lookback meanwhile", () => {
    const long: ProtectionSpec = { ...spec, stopMinutes: 240 };
    expect(until(long, [trade(100, "-1"), trade(140, "-1")], 379)).toBe(380);
  });
  it("counts only losses beyond the threshold, strictly", () => {
    const two: ProtectionSpec = { ...spec, lossPercent: fixed("2") };
    expect(until(two, [trade(100, "-2"), trade(110, "-2.5")], 111)).toBeNull();
    expect(until(two, [trade(100, "-2.01"), trade(110, "-2.5")], 111)).toBe(140);
  });
  it("only per pair: counts and stops the symbol alone", () => {
    const own: ProtectionSpec = { ...spec, onlyPerPair: true };
    const trades = [trade(100, "-1"), trade(110, "-1", "ETH/USDT"), trade(120, "-1")];
    expect(until(own, trades, 121)).toBe(150);
    expect(until(own, trades, 121, "ETH/USDT")).toBeNull();
  });
  it("a win after the losses does not lengthen it", () => {
    expect(until(spec, [trade(100, "-1"), trade(110, "-1"), trade(120, "3")], 121)).toBe(140);
  });
});

describe("maximum drawdown", () => {
  const spec: ProtectionSpec = { kind: "max-drawdown", lookbackMinutes: 120, stopMinutes: 40, tradeLimit: 3, maxDrawdownPercent: fixed("5") };

  it("is the fall of the running sum of profits from its peak: 4 − (4 − 3 − 3) = 6 of 5 per cent", () => {
    const trades = [trade(100, "4"), trade(110, "-3", "ETH/USDT"), trade(120, "-3")];
    expect(lock(spec, trades, 121, "DOGE/USDT")).toMatchObject({ until: 160 * MINUTE, figure: "6", limit: "5", unit: "%" });
  });
  it("exactly the limit is allowed, and too few trades say nothing", () => {
    expect(until(spec, [trade(100, "4"), trade(110, "-2"), trade(120, "-3")], 121)).toBeNull();
    expect(until(spec, [trade(110, "-9"), trade(120, "-9")], 121)).toBeNull();
  });
  it("the first trade may be the fall: the peak before it is zero", () => {
    expect(until(spec, [trade(100, "-6"), trade(110, "1"), trade(120, "1")], 121)).toBe(160);
  });
});

describe("low-profit pairs", () => {
  const spec: ProtectionSpec = { kind: "low-profit-pairs", lookbackMinutes: 60, stopMinutes: 20, tradeLimit: 2, requiredProfitPercent: fixed("1") };

  it("stops a symbol whose trades sum up to less than what is required", () => {
    const trades = [trade(100, "2"), trade(110, "-1.5"), trade(111, "9", "ETH/USDT"), trade(112, "-8.5", "ETH/USDT")];
    expect(lock(spec, trades, 115)).toMatchObject({ until: 130 * MINUTE, figure: "0.5", limit: "1" });
    expect(until(spec, trades, 115, "ETH/USDT")).toBe(132);
  });
  it("not when it is reached, and not for a symbol with fewer trades", () => {
    expect(until(spec, [trade(100, "2"), trade(110, "-1")], 115)).toBeNull();
    expect(until(spec, [trade(100, "-9")], 115)).toBeNull();
  });
});

describe("cooldown", () => {
  const spec: ProtectionSpec = { kind: "cooldown-period", stopMinutes: 15 };
  it("stops the symbol after each of its trades, whatever it made, and no other", () => {
    const trades = [trade(100, "5"), trade(110, "5")];
    expect(until(spec, trades, 124)).toBe(125);
    expect(until(spec, trades, 125)).toBeNull();
    expect(until(spec, trades, 111, "ETH/USDT")).toBeNull();
  });
});

describe("closed trades", () => {
  const fill = (at: number, side: "buy" | "sell", quantity: string, price: string, fee: string, symbol = "BTC/USDT") =>
    ({ at, side, quantity: fixed(quantity), price: fixed(price), fee: fixed(fee), symbol }) as const;

  it("are what was bought and sold between nothing and nothing, fees on both sides counted", () => {
    const trips = new RoundTrips();
    // 2 bought for 100 + 102 and 1 of fees; sold for 110 + 99 less 2 of fees: 207 / 203 − 1.
    for (const f of [fill(1, "buy", "1", "100", "0.5"), fill(2, "buy", "1", "102", "0.5"), fill(3, "sell", "1", "110", "1")]) trips.take(f);
    expect(trips.since(0)).toEqual([]);
    trips.take(fill(4, "sell", "1", "99", "1"));
    expect(trips.since(0)).toEqual([{ symbol: "BTC/USDT", openedAt: 1, closedAt: 4, profit: (4n * 10n ** 18n) / 203n }]);
  });
  it("are kept apart by symbol and forgotten when they are old", () => {
    const trips = new RoundTrips();
    for (const f of [
      fill(1, "buy", "1", "10", "0"),
      fill(2, "buy", "1", "10", "0", "ETH/USDT"),
      fill(3, "sell", "1", "9", "0"),
      fill(5, "sell", "1", "20", "0", "ETH/USDT"),
    ])
      trips.take(f);
    expect(trips.since(0).map((t) => [t.symbol, t.openedAt, t.closedAt, t.profit])).toEqual([
      ["BTC/USDT", 1, 3, fixed("-0.1")],
      ["ETH/USDT", 2, 5, fixed("1")],
    ]);
    expect(trips.since(3).map((t) => t.symbol)).toEqual(["ETH/USDT"]);
  });
});

describe("protections as configured", () => {
  it("are read exactly, written back as they were, and say how far back they look", () => {
    const json = [
      { kind: "stop-loss-guard", lookbackMinutes: 60, stopMinutes: 30, tradeLimit: 2, lossPercent: "1.5", onlyPerPair: true },
      { kind: "cooldown-period", stopMinutes: 120 },
    ];
    const parsed = parseProtections(json);
    expect(parsed[0]).toMatchObject({ lossPercent: fixed("1.5") });
    expect(protectionsAsJson(parsed)).toEqual(json);
    expect(protectionReach(parsed)).toBe(120 * MINUTE);
    expect(parseProtections(undefined)).toEqual([]);
  });
  it.each([
    [[{ kind: "cooldown" }], "UNKNOWN_PROTECTION", "protections.0.kind"],
    [[{ kind: "cooldown-period" }], "INVALID_PROTECTION", "protections.0.stopMinutes"],
    [[{ kind: "cooldown-period", stopMinutes: 5, lookbackMinutes: 5 }], "INVALID_PROTECTION", "protections.0.lookbackMinutes"],
    [[{ kind: "max-drawdown", lookbackMinutes: 5, stopMinutes: 5, tradeLimit: 1 }], "INVALID_PROTECTION", "protections.0.maxDrawdownPercent"],
    [
      [{ kind: "max-drawdown", lookbackMinutes: 5, stopMinutes: 5, tradeLimit: 0, maxDrawdownPercent: "1" }],
      "INVALID_PROTECTION",
      "protections.0.tradeLimit",
    ],
    [{}, "INVALID_PROTECTION", "protections"],
    [Array.from({ length: 9 }, () => ({ kind: "cooldown-period", stopMinutes: 5 })), "INVALID_PROTECTION", "protections"],
  ])("refuses %j", (input, code, field) => {
    expect(() => parseProtections(input)).toThrow(expect.objectContaining({ code, details: expect.objectContaining({ field }) }));
  });
});
