import { expect, it } from "vitest";
import { fixed } from "@/server/shared";
import { countStatements, describeDatabase, truncateAll } from "@/server/testing/database";
import { contractFeed, contractOrder, describeExchange } from "@/server/testing/exchange-contract";
import { PaperExchangeClient } from "./paper-exchange-client";
import { PrismaPaperAccountStore } from "./prisma-paper-account-store";

describeDatabase("PrismaPaperAccountStore", (db) => {
  const open = () =>
    new PaperExchangeClient({
      feed: contractFeed(),
      store: new PrismaPaperAccountStore(db()),
      seenPrices: () => ({ priceDecimals: 2, priceHint: 100 }),
    });

  describeExchange("paper, stored", async () => {
    await truncateAll(db());
    return { exchange: open(), close: async () => undefined };
  });

  it("goes on where another process stopped", async () => {
    const first = open();
    await first.transfer("acc", "USDT", fixed("1000"), "capital");
    await first.place("acc", contractOrder());
    const second = open();
    await second.advanceTo("acc", 60_000);
    expect(await first.executions("acc", 0)).toEqual(await second.executions("acc", 0));
    expect(await second.find("acc", "order-1")).toMatchObject({ status: "filled" });
  });

  it("refuses a write that is based on an old version, whole", async () => {
    const store = new PrismaPaperAccountStore(db());
    const { state } = await store.load("stale");
    expect(await store.save("stale", 0, { state: { ...state, advancedTo: 1 }, orders: [], executions: [] })).toBe(true);
    expect(await store.save("stale", 0, { state: { ...state, advancedTo: 2 }, orders: [], executions: [] })).toBe(false);
    expect(await store.load("stale")).toEqual({ state: { ...state, advancedTo: 1 }, version: 1 });
  });

  it("takes one statement to read and one to write", async () => {
    const exchange = open();
    await exchange.transfer("acc", "USDT", fixed("1000"), "capital");
    const { count } = await countStatements(db(), () => exchange.place("acc", contractOrder()));
    expect(count).toBe(2);
  });
});
