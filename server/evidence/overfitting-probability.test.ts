import { describe, expect, it } from "vitest";
import { normals } from "@/server/testing/evidence-agents";
import { overfittingProbability } from "./overfitting-probability";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};
/** Two periods of mean `mean` and deviation 1 / √2·…: enough for a ratio of the same sign. */
const around = (mean: number): number[] => [mean - 1, mean + 1];

describe("probability of overfitting by CSCV", () => {
  it("worked by hand: two blocks, each variant good in one of them, so the choice is always wrong", () => {
    const result = overfittingProbability(
      [
        [...around(2), ...around(-2)],
        [...around(-2), ...around(2)],
      ],
      2,
    );
    // Two splits; the best inside is the worse of two outside: rank 1 of 3, logit ln(1/2).
    expect(result).toMatchObject({ probability: 1, splits: 2, lossProbability: 1 });
    for (const logit of result.logits) expect(logit).toBeCloseTo(Math.log(0.5), 12);
  });
  it("worked by hand: one variant better in every block, so the choice is always right", () => {
    const result = overfittingProbability([[1, 2, 3, 4].flatMap((x) => around(x)), [1, 2, 3, 4].flatMap(() => around(0.1))], 4);
    expect(result).toMatchObject({ probability: 0, splits: 6, lossProbability: 0 });
    for (const logit of result.logits) expect(logit).toBeCloseTo(Math.log(2), 12);
  });
  it("worked by hand: of the six splits of four blocks, those whose sample is misleading count", () => {
    // Variant 1 earns 3, −1, −1, −1 a block, variant 2 nothing: the first block decides. With it inside (three splits) variant 1 is chosen
    // and is the worse outside; without it variant 2 is chosen, and outside variant 1 earns 3 − 1 > 0: again the worse.
    const first = [3, -1, -1, -1].flatMap((x) => around(x));
    const second = [0, 0, 0, 0].flatMap((x) => around(x));
    expect(overfittingProbability([first, second], 4).probability).toBe(1);
    // Earning 3, 3, −1, −1: only the splits that keep the two good blocks together mislead, one way and the other.
    const even = [3, 3, -1, -1].flatMap((x) => around(x));
    expect(overfittingProbability([even, second], 4).probability).toBeCloseTo(2 / 6, 12);
  });
  it("among strategies without skill the best in sample is below the median out of sample half of the time", () => {
    const normal = normals(5);
    let sum = 0;
    for (let i = 0; i < 60; i++)
      sum +=
        overfittingProbability(
          Array.from({ length: 20 }, () => Array.from({ length: 160 }, normal)),
          8,
        ).probability / 60;
    expect(sum).toBeGreaterThan(0.4);
    expect(sum).toBeLessThan(0.6);
  });
  it("is small when one of them has skill", () => {
    const normal = normals(6);
    const variants = Array.from({ length: 20 }, (_, n) => Array.from({ length: 400 }, () => normal() + (n === 7 ? 0.4 : 0)));
    expect(overfittingProbability(variants, 10).probability).toBeLessThan(0.02);
  });
  it("takes ties for the middle of their ranks, and a variant that does not move for ratio 0", () => {
    const flat = new Array(40).fill(0);
    expect(overfittingProbability([flat, flat, flat], 4)).toMatchObject({ probability: 1, lossProbability: 0 });
  });
  it.each([
    ["one variant", () => overfittingProbability([[1, 2, 3, 4]], 2), "TOO_FEW_VARIANTS"],
    ["an odd number of blocks", () => overfittingProbability([[1], [2]], 3), "INVALID_BLOCKS"],
    ["too many blocks", () => overfittingProbability([[1], [2]], 40), "INVALID_BLOCKS"],
    [
      "unequal lengths",
      () =>
        overfittingProbability(
          [
            [1, 2, 3, 4],
            [1, 2, 3],
          ],
          2,
        ),
      "MISALIGNED_SERIES",
    ],
    [
      "too few periods",
      () =>
        overfittingProbability(
          [
            [1, 2, 3],
            [1, 2, 3],
          ],
          2,
        ),
      "TOO_FEW_RETURNS",
    ],
    [
      "a NaN",
      () =>
        overfittingProbability(
          [
            [1, 2, 3, Number.NaN],
            [1, 2, 3, 4],
          ],
          2,
        ),
      "NOT_A_NUMBER",
    ],
  ])("refuses %s", (_, run, code) => {
    expect(codeOf(run)).toBe(code);
  });
});
