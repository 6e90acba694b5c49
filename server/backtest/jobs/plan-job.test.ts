import { describe, expect, it } from "vitest";
import { INTERVAL_MS } from "@/server/market";
import type { DomainError } from "@/server/shared";
import { sampleSpec } from "@/server/testing/backtest-spec";
import type { BacktestSpec } from "../backtest-spec";
import type { JobSpec } from "./job-types";
import { MOST_JOB_BARS, planJob } from "./plan-job";

const HOUR = INTERVAL_MS["1h"];
const axis = (param: string, first: number, count: number) => ({ param, values: Array.from({ length: count }, (_, i) => first + i) });
const sweep = (bars: number, points: number, over: Partial<BacktestSpec> = {}): JobSpec => ({
  kind: "sweep",
  spec: { version: 1, base: sampleSpec(bars, over), axes: [axis("slow", 60, points)] },
});
const refusalOf = (job: JobSpec): DomainError => {
  try {
    planJob(job);
  } catch (error) {
    return error as DomainError;
  }
  throw new Error("nothing was refused");
};

describe("what one job may be", () => {
  it("counts the bars that all its runs go through", () => {
    expect(planJob(sweep(901, 10))).toMatchObject({ trials: 10, bars: 10 * 900 });
    const forward: JobSpec = { kind: "walk-forward", spec: { ...sweepSpec(900), inSample: 300, outOfSample: 150, objective: "sharpe" } };
    // Windows begin every 150 bars; each tries 10 points on 300 bars and trades 150 with one.
    expect(planJob(forward)).toMatchObject({ trials: 40, bars: 4 * (10 * 300 + 150) });
  });

  it("refuses a sweep that would hold the queue up for hours, with the numbers", () => {
    const [bars, points] = [400_001, 100];
    const job = sweep(bars, points, { engine: "audited" });
    const refused = refusalOf(job);
    expect(refused).toMatchObject({ code: "JOB_TOO_LARGE", details: { field: "axes", data: { trials: points, most: MOST_JOB_BARS.audited } } });
    expect(refused.message).toContain("40,000,000 bars");
    expect(refused.message).toContain("20,000,000");
    expect(refused.message).toContain("100 runs");
    // The same for a faster engine is no trouble.
    expect(planJob(sweep(bars, points, { engine: "array" })).bars).toBe(40_000_000);
  });

  it("refuses a walk-forward of too many runs before any bar is loaded", () => {
    const forward: JobSpec = {
      kind: "walk-forward",
      spec: { ...sweepSpec(50_000, 100), inSample: 50, outOfSample: 50, objective: "sharpe" },
    };
    expect(refusalOf(forward)).toMatchObject({ code: "TOO_MANY_TRIALS", details: { field: "axes" } });
  });

  const sweepSpec = (bars: number, points = 10) => {
    const { spec } = sweep(bars, points) as Extract<JobSpec, { kind: "sweep" }>;
    return { ...spec, base: { ...spec.base, to: spec.base.from + bars * HOUR } };
  };
});
