import fc from "fast-check";
import { expect, it } from "vitest";
import { MINUTE_MS } from "@/server/shared";
import { ticksBetween } from "./missed-ticks";

it("counts the ticks that lie strictly between", () => {
  expect(ticksBetween(null, 10 * MINUTE_MS, MINUTE_MS)).toBeNull();
  expect(ticksBetween(3 * MINUTE_MS, 4 * MINUTE_MS, MINUTE_MS)).toBeNull();
  expect(ticksBetween(3 * MINUTE_MS + 5, 6 * MINUTE_MS, MINUTE_MS)).toEqual({
    from: 4 * MINUTE_MS,
    to: 5 * MINUTE_MS,
    count: 2,
    intervalMs: MINUTE_MS,
  });
  expect(ticksBetween(3 * MINUTE_MS, 6 * MINUTE_MS + 1, MINUTE_MS)).toEqual({
    from: 4 * MINUTE_MS,
    to: 6 * MINUTE_MS,
    count: 3,
    intervalMs: MINUTE_MS,
  });
});

it("agrees with walking through the ticks", () => {
  const instant = fc.integer({ min: 0, max: 200 });
  fc.assert(
    fc.property(instant, instant, fc.integer({ min: 1, max: 9 }), (last, before, step) => {
      const walked = [];
      for (let at = 0; at < before; at += step) if (at > last) walked.push(at);
      const gap = ticksBetween(last, before, step);
      expect(gap).toEqual(walked.length === 0 ? null : { from: walked[0], to: walked.at(-1), count: walked.length, intervalMs: step });
    }),
  );
});
