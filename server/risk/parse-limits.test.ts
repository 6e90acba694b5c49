import { describe, expect, it } from "vitest";
import { fixed } from "@/server/shared";
import { parseLimits } from "./parse-limits";

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
    [null, "limits"],
    [[], "limits"],
  ])("refuses %j", (input, field) => {
    expect(failure(input)).toMatchObject({ code: "INVALID_LIMIT", field });
  });
});
