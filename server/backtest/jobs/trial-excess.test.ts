import { describe, expect, it } from "vitest";
import { excessFigure } from "@/server/evidence";
import { sampleRun, sampleSpec } from "@/server/testing/backtest-spec";
import { randomMarket } from "@/server/testing/random-market";
import type { BacktestSpec } from "../backtest-spec";
import type { TrialRecord } from "../results/trial-record";
import type { JobPart, JobSpec } from "./job-types";
import { runJob } from "./run-job";

const BARS = 900;
const market = randomMarket({ seed: 8, bars: BARS });
const base = (over: Partial<BacktestSpec> = {}): BacktestSpec => sampleSpec(BARS, { engine: "array", ...over });
const axes = [
  { param: "fast", values: [3, 5, 20] },
  { param: "slow", values: [9, 18] },
];

async function run(job: JobSpec, judge: boolean) {
  const parts: JobPart[] = [];
  const records: TrialRecord[] = [];
  const { instrument, build } = sampleRun(base(), market);
  const excessOf = (record: TrialRecord) => {
    records.push(record);
    return excessFigure(record, record.periodsPerYear);
  };
  const { result } = await runJob({
    workspaceId: "00000000-0000-4000-8000-000000000001",
    job,
    market,
    instrument,
    build,
    parts: [],
    onPart: (p) => void parts.push(p),
    onProgress: () => {},
    ...(judge ? { excessOf } : {}),
  });
  return { hash: result.result.hash, trials: parts.flatMap((p) => p.trials), records };
}

const jobs: readonly (readonly [string, JobSpec, number])[] = [
  ["a backtest", { kind: "single", spec: base() }, 1],
  ["a sweep", { kind: "sweep", spec: { version: 1, base: base(), axes } }, 4],
  [
    "a walk-forward",
    { kind: "walk-forward", spec: { version: 1, base: base(), axes, inSample: 300, outOfSample: 300, objective: "sharpe" } },
    // Two windows; that of combinations which do not go together is none.
    8,
  ],
];

describe("the excess of what was tried", () => {
  it.each(jobs)("of %s is kept with its trials, and changes nothing of the result", async (_, job, count) => {
    const judged = await run(job, true);
    expect(judged.trials).toHaveLength(count);
    for (const trial of judged.trials) {
      expect(trial.excess?.periods).toBeGreaterThanOrEqual(299);
      expect(Number.isFinite(trial.excess?.yearlySharpe)).toBe(true);
    }
    const plain = await run(job, false);
    expect(plain.hash).toBe(judged.hash);
    expect(plain.trials.map((t) => t.excess)).toEqual(new Array(count).fill(null));
    expect(plain.trials.map((t) => t.id)).toEqual(judged.trials.map((t) => t.id));
  });

  it("is made from what was held: exposure times the price's change is the result, but for costs and trades inside a period", async () => {
    const { records } = await run({ kind: "single", spec: base() }, true);
    const [record] = records as [TrialRecord];
    const [exposure, prices] = [record.exposure[0] as Float64Array, record.prices[0] as Float64Array];
    let [close, traded] = [0, 0];
    for (let p = 0; p < record.result.length; p++) {
      const gap = Math.abs((record.result[p] as number) - (exposure[p] as number) * (prices[p] as number));
      if (gap < 1e-9) close += 1;
      else traded += 1;
    }
    // The odd ones out are those in which something was bought or sold.
    expect(close).toBeGreaterThan(5 * traded);
    expect(Math.max(...exposure)).toBeGreaterThan(0.2);
    const whole = record.result.reduce((growth, r) => growth * (1 + r), 1);
    expect(whole).toBeGreaterThan(0);
    expect(record.periodsPerYear).toBe(365 * 24);
  });

  it("what never held anything has none: it is counted, and its ratio is not known", async () => {
    const idle = base({ engine: "event", agents: [{ ...(base().agents[0] as BacktestSpec["agents"][number]), ruleSet: "hold", params: {} }] });
    const { trials } = await run({ kind: "single", spec: idle }, true);
    expect(trials.map((t) => t.excess)).toEqual([null]);
  });
});
