import { describe, expect, it } from "vitest";
import { fixed, toText } from "@/server/shared";
import { limitsAsJson, NO_LIMITS, parseLimits } from "./parse-limits";

const failure = (input: unknown) => {
  try {
    parseLimits(input);
  } catch (error) {
    const { code, details, message } = error as { code: string; message: string; details: { field?: string } };
    return { code, field: details.field, message };
  }
  return null;
};

describe("parseLimits", () => {
  it("reads decimals exactly and treats what is left out as no limit", () => {
    expect(parseLimits({ maxOrderNotional: "0.1", maxOrdersPerHour: 3, allowedSymbols: ["BTC/USDT", "BTC/USDT"] })).toEqual({
      allowedSymbols: ["BTC/USDT"],
      maxOrderNotional: fixed("0.1"),
      maxPositionNotional: null,
      maxDailyLoss: null,
      maxOrdersPerHour: 3,
    });
  });
  it("reads back what it wrote, and writes a limit that came later only when it is set", () => {
    const json = {
      allowedSymbols: null,
      maxOrderNotional: "100.5",
      maxPositionNotional: null,
      maxDailyLoss: null,
      maxOrdersPerHour: 3,
      maxGrossPercent: "80",
      correlationThreshold: "0.75",
      priceCollarBps: 150,
      tradingHours: "22:00-06:30",
      sectors: { "BTC/USDT": "store of value" },
    };
    expect(limitsAsJson(parseLimits(json), toText)).toEqual(json);
    expect(limitsAsJson(NO_LIMITS, toText)).toEqual({
      allowedSymbols: null,
      maxOrderNotional: null,
      maxPositionNotional: null,
      maxDailyLoss: null,
      maxOrdersPerHour: null,
    });
  });
  it("refuses an unknown name, naming it: a typing error must not mean no limit", () => {
    const got = failure({ maxOrderNotionl: "100" });
    expect(got).toMatchObject({ code: "UNKNOWN_LIMIT", field: "limits.maxOrderNotionl" });
    expect(got?.message).toContain("maxOrderNotionl");
  });
  it.each([
    [{ maxOrderNotional: "-1" }, "limits.maxOrderNotional"],
    [{ maxOrderNotional: "0" }, "limits.maxOrderNotional"],
    [{ maxDailyLoss: "1e3" }, "limits.maxDailyLoss"],
    [{ maxPositionNotional: 5 }, "limits.maxPositionNotional"],
    [{ maxOrdersPerHour: 1.5 }, "limits.maxOrdersPerHour"],
    [{ maxOrdersPerHour: 0 }, "limits.maxOrdersPerHour"],
    [{ allowedSymbols: [] }, "limits.allowedSymbols"],
    [{ allowedSymbols: ["btc"] }, "limits.allowedSymbols"],
    [{ maxGrossPercent: "1001" }, "limits.maxGrossPercent"],
    [{ maxVolumePercent: "101" }, "limits.maxVolumePercent"],
    [{ correlationThreshold: "1" }, "limits.correlationThreshold"],
    [{ priceCollarBps: 10_001 }, "limits.priceCollarBps"],
    [{ duplicateWindowSeconds: 0 }, "limits.duplicateWindowSeconds"],
    [{ tradingHours: "8-20" }, "limits.tradingHours"],
    [{ tradingHours: "08:00-08:00" }, "limits.tradingHours"],
    [{ sectors: { btc: "x" } }, "limits.sectors"],
    [{ sectors: { "BTC/USDT": "" } }, "limits.sectors"],
    [null, "limits"],
    [[], "limits"],
  ])("refuses %j", (input, field) => {
    expect(failure(input)).toMatchObject({ code: "INVALID_LIMIT", field });
  });
});
