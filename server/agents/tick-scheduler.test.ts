import { describe, expect, it } from "vitest";
import { type MarketClock, WallMarketClock } from "@/server/market";
import { HOUR_MS, MINUTE_MS } from "@/server/shared";
import { latestStartOf } from "./tick-scheduler";

const START = Date.UTC(2026, 0, 1);
const wall = { now: () => START };
/** Sixty times as fast as the wall clock. */
const fast: MarketClock = { speed: 60, now: () => START, wallAt: (at) => START + (at - START) / 60 };

describe("the latest start of a tick", () => {
  it("is a minute after its instant", () => {
    expect(latestStartOf(new WallMarketClock(wall))(START, HOUR_MS)).toBe(START + MINUTE_MS);
  });
  it("is never past the next tick, however fast the market's clock runs", () => {
    expect(latestStartOf(fast)(START, MINUTE_MS)).toBe(START + 1_000);
    expect(latestStartOf(fast)(START, HOUR_MS)).toBe(START + MINUTE_MS);
    expect(latestStartOf(fast)(START, 24 * HOUR_MS)).toBe(START + MINUTE_MS);
  });
});
