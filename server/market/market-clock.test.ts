import fc from "fast-check";
import { expect, it } from "vitest";
import { PlaybackClock, WallMarketClock } from "./market-clock";

it("plays market time at its speed from the anchor", () => {
  let wall = 1_000_000;
  const clock = new PlaybackClock(500_000_000, 1_000_000, 60, { now: () => wall });
  expect(clock.now()).toBe(500_000_000);
  wall += 1_000;
  expect(clock.now()).toBe(500_060_000);
  expect(clock.wallAt(500_060_000)).toBe(1_001_000);
});

it("has reached a market time at the wall time it names, and not 1 ms of wall time before", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 1e9 }), (speed, ahead) => {
      const at = (now: number) => new PlaybackClock(1e12, 2e12, speed, { now: () => now });
      const wall = at(0).wallAt(1e12 + ahead);
      expect(at(wall).now()).toBeGreaterThanOrEqual(1e12 + ahead);
      if (wall > 2e12) expect(at(wall - 1).now()).toBeLessThan(1e12 + ahead);
    }),
  );
});

it("is the wall clock for live markets", () => {
  const clock = new WallMarketClock({ now: () => 42 });
  expect([clock.now(), clock.wallAt(77)]).toEqual([42, 77]);
});
