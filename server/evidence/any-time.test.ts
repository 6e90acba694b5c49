import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalProbability } from "@/server/risk";
import { normals } from "@/server/testing/evidence-agents";
import { anyTimeBound, anyTimeConfidence } from "./any-time";

const confidences = fc.double({ min: 0.01, max: 0.9999, noNaN: true });
const lengths = fc.double({ min: 1, max: 10_000, noNaN: true });

describe("a bound for every look", () => {
  it("is passed by exactly the confidence that it belongs to", () => {
    fc.assert(
      fc.property(confidences, lengths, (confidence, elapsed) => {
        expect(anyTimeConfidence(anyTimeBound(confidence, elapsed), elapsed)).toBeCloseTo(confidence, 8);
      }),
    );
  });
  it("asks for more than a single look, and the longer it has been looked at the more", () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 8, noNaN: true }), lengths, fc.double({ min: 1.01, max: 10, noNaN: true }), (z, elapsed, times) => {
        const confidence = anyTimeConfidence(z, elapsed);
        expect(confidence).toBeLessThanOrEqual(normalProbability(z));
        expect(anyTimeConfidence(z, elapsed * times)).toBeLessThanOrEqual(confidence);
        expect(confidence).toBeGreaterThanOrEqual(0);
      }),
    );
    // Worked by hand: Φ(2.5) − φ(2.5)·(2.5 + φ(2.5)/Φ(2.5)) = 0.94966.
    expect(anyTimeConfidence(2.5, 1)).toBeCloseTo(0.949_66, 5);
    expect(anyTimeBound(0.95, 1)).toBeCloseTo(2.5029, 3);
    expect(anyTimeBound(0.95, 5)).toBeCloseTo(2.806, 2);
  });
  it("of random walks watched at every step for fifty times the shortest record hardly more than one in twenty ever gets above it; a fixed bound lets many", () => {
    const [walks, first, last] = [600, 20, 1_000];
    const bounds = Array.from({ length: last + 1 }, (_, t) => (t < first ? Number.POSITIVE_INFINITY : anyTimeBound(0.95, t / first)));
    const normal = normals(7);
    let [ever, naive] = [0, 0];
    for (let n = 0; n < walks; n++) {
      let [sum, above, over] = [0, false, false];
      for (let t = 1; t <= last; t++) {
        sum += normal();
        const z = sum / Math.sqrt(t);
        above ||= z >= (bounds[t] as number);
        over ||= t >= first && z >= 1.645;
      }
      ever += above ? 1 / walks : 0;
      naive += over ? 1 / walks : 0;
    }
    expect(ever).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / walks));
    expect(naive).toBeGreaterThan(0.2);
  });
  it.each([
    ["a confidence of one", () => anyTimeBound(1, 2), "INVALID_PROBABILITY"],
    ["no confidence", () => anyTimeBound(Number.NaN, 2), "INVALID_PROBABILITY"],
    ["less than the shortest record", () => anyTimeConfidence(2, 0.9), "INVALID_PERIOD"],
    ["endless time", () => anyTimeConfidence(2, Number.POSITIVE_INFINITY), "INVALID_PERIOD"],
  ])("refuses %s", (_, run, code) => {
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});
