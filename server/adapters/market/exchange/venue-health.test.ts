import { expect, it } from "vitest";
import { DomainError } from "@/server/shared";
import { VenueHealth } from "./venue-health";

const stale = new DomainError("FEED_STALE", "Kraken sent its last price 10 min ago for BTC/USDT", { kind: "unavailable" });
const gone = new DomainError("FEED_UNAVAILABLE", "Kraken does not answer", { kind: "unavailable" });

function health() {
  const wall = { at: 1_000, now: () => wall.at };
  return { wall, venue: new VenueHealth(wall) };
}

it("is idle until it is read, and again when nobody has read it for ten minutes", () => {
  const { wall, venue } = health();
  expect(venue.get()).toEqual({ state: "idle", since: null, problem: null });
  venue.told("candles", "BTC/USDT", gone);
  wall.at += 10 * 60_000 + 1;
  expect(venue.get()).toEqual({ state: "idle", since: 1_000, problem: null });
});

it("says since when it is down, not when it was last seen so", () => {
  const { wall, venue } = health();
  venue.told("candles", "BTC/USDT", null);
  wall.at = 2_000;
  venue.told("bars", "BTC/USDT", gone);
  wall.at = 3_000;
  venue.told("bars", "BTC/USDT", gone);
  expect(venue.get()).toEqual({ state: "down", since: 2_000, problem: gone.message });
  wall.at = 4_000;
  venue.told("price", "BTC/USDT", null);
  expect(venue.get()).toEqual({ state: "up", since: 4_000, problem: null });
});

it("is degraded while some symbols are well", () => {
  const { venue } = health();
  venue.told("candles", "ETH/USDT", null);
  venue.told("candles", "BTC/USDT", stale);
  expect(venue.get()).toMatchObject({ state: "degraded", problem: stale.message });
  venue.told("candles", "ETH/USDT", null);
  expect(venue.get()).toMatchObject({ state: "degraded", problem: stale.message });
});

it("takes an old price for no proof that a stale symbol trades again", () => {
  const { venue } = health();
  venue.told("candles", "BTC/USDT", stale);
  venue.told("price", "BTC/USDT", null);
  expect(venue.get()).toMatchObject({ state: "down", problem: stale.message });
  venue.told("candles", "BTC/USDT", null);
  expect(venue.get()).toMatchObject({ state: "up" });
});

it("blames no venue for a question that was wrong", () => {
  const { venue } = health();
  venue.told("candles", "XYZ/USDT", new DomainError("UNKNOWN_SYMBOL", "there are no prices for XYZ/USDT"));
  expect(venue.get().state).toBe("idle");
});
