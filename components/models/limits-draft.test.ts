import { describe, expect, it } from "vitest";
import { fromDraft, toDraft } from "./limits-draft";

const none = { allowedSymbols: null, maxOrderNotional: null, maxPositionNotional: null, maxDailyLoss: null, maxOrdersPerHour: null };

describe("limits draft", () => {
  it("comes back as it was stored", () => {
    const limits = { ...none, allowedSymbols: ["BTC/USDT", "DOGE/USDT"], maxDailyLoss: "200.5", maxOrdersPerHour: 12 };
    expect(fromDraft(toDraft(limits, "5"))).toEqual({ limits, dailyModelCap: "5" });
    expect(fromDraft(toDraft(none, "0"))).toEqual({ limits: none, dailyModelCap: "0" });
  });

  it("never turns an empty text into a limit of zero, nor a wrong number into none", () => {
    const draft = toDraft(none, "1");
    expect(fromDraft({ ...draft, maxDailyLoss: "  " }).limits.maxDailyLoss).toBeNull();
    expect(fromDraft({ ...draft, maxOrdersPerHour: "ten" }).limits.maxOrdersPerHour).toBeNaN();
    expect(fromDraft({ ...draft, allowedSymbols: "btc/usdt doge/usdt" }).limits.allowedSymbols).toEqual(["BTC/USDT", "DOGE/USDT"]);
  });
});
