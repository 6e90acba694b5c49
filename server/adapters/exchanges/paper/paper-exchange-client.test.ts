import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { fixed } from "@/server/shared";
import { contractFeed, contractOrder, describeExchange } from "@/server/testing/exchange-contract";
import { HttpExchangeClient } from "./http-exchange-client";
import { InMemoryPaperAccountStore } from "./in-memory-paper-account-store";
import { PaperExchangeClient } from "./paper-exchange-client";
import { startVenueServer } from "./venue-server";

const seenPrices = () => ({ priceDecimals: 2, priceHint: 100 });
const inProcess = () => new PaperExchangeClient({ feed: contractFeed(), store: new InMemoryPaperAccountStore(), seenPrices });

describeExchange("paper, in process", async () => ({ exchange: inProcess(), close: async () => undefined }));

describeExchange("paper, a process of its own", async () => {
  const venue = await startVenueServer({ exchange: inProcess() });
  return { exchange: new HttpExchangeClient(venue.url), close: venue.close };
});

it("the venue's log shows every accepted order, also one sent twice", async () => {
  const logFile = path.join(await mkdtemp(path.join(tmpdir(), "venue-")), "venue.log");
  const venue = await startVenueServer({ exchange: inProcess(), logFile });
  const exchange = new HttpExchangeClient(venue.url);
  await exchange.transfer("acc", "USDT", fixed("1000"), "capital");
  for (const at of [60_000, 120_000]) {
    await exchange.place("acc", contractOrder({ at }));
    await exchange.advanceTo("acc", at);
  }
  await venue.close();
  const log = (await readFile(logFile, "utf8"))
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l) as { event: string; clientOrderId?: string });
  expect(log.map((l) => [l.event, l.clientOrderId])).toEqual([
    ["transfer", undefined],
    ["order", "order-1"],
    ["execution", "order-1"],
    ["order", "order-1"],
    ["execution", "order-1"],
  ]);
});

it("says that the outcome is unknown when the venue does not answer, and sends an order once", async () => {
  let asked = 0;
  const slow = inProcess();
  const venue = await startVenueServer({
    exchange: Object.assign(Object.create(slow) as PaperExchangeClient, {
      place: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    }),
  });
  const exchange = new HttpExchangeClient(venue.url, 200);
  await expect(exchange.place("acc", contractOrder())).rejects.toMatchObject({ code: "VENUE_UNAVAILABLE", details: { kind: "unavailable" } });
  expect(asked).toBe(1);
  await venue.close();
  await expect(exchange.find("acc", "order-1")).rejects.toMatchObject({ code: "VENUE_UNAVAILABLE" });
});
