import { describe, expect, it } from "vitest";
import { BROKEN_VARIANTS } from "./broken-variants";
import { AS_BUILT, type SimulationReport, simulateShell } from "./simulate-shell";

/** SIM_SEED runs one seed and prints its steps; SIM_SEEDS so many, from SIM_FROM on (the soak: thousands). */
const ONE = process.env.SIM_SEED === undefined ? null : Number(process.env.SIM_SEED);
const FROM = ONE ?? Number(process.env.SIM_FROM ?? "1");
const SEEDS = ONE === null ? Number(process.env.SIM_SEEDS ?? "200") : 1;
/** A mistake must be found within so many seeds. */
const CAUGHT_WITHIN = 300;

const replay = (seed: number): string => `npm run soak -- --seed ${seed}`;

describe("the whole turn shell, its processes interleaved as a seed decides", () => {
  it(`keeps its promises whatever befalls it (${SEEDS} seeds from ${FROM})`, { timeout: 30_000 + SEEDS * 1_000 }, async () => {
    const totals: Record<string, number> = {};
    for (let seed = FROM; seed < FROM + SEEDS; seed++) {
      const report = await simulateShell(seed, AS_BUILT, ONE !== null);
      for (const [name, n] of Object.entries(report.counts)) totals[name] = (totals[name] ?? 0) + n;
      if (ONE !== null) console.log(report.trace.join("\n"));
      expect(report.violations, `seed ${seed}; its steps in order: ${replay(seed)}`).toEqual([]);
    }
    console.log(`${SEEDS} seeds from ${FROM}: ${JSON.stringify(totals)}`);
    if (ONE !== null) return;
    for (const [name, n] of Object.entries(totals)) expect(n, `${name}: nothing of that kind has happened`).toBeGreaterThan(0);
  });

  it("does the same steps again for the same seed", async () => {
    const runs: SimulationReport[] = [];
    for (const seed of [11, 11, 12]) runs.push(await simulateShell(seed, AS_BUILT, true));
    const [first, again, other] = runs;
    expect(again?.trace).toEqual(first?.trace);
    expect(again?.traceHash).toBe(first?.traceHash);
    expect(other?.traceHash).not.toBe(first?.traceHash);
    expect(first?.counts.steps).toBeGreaterThan(100);
  });

  it("does not depend on whether it is watched", async () => {
    const { trace: _steps, traceHash: _hash, ...watched } = await simulateShell(13, AS_BUILT, true);
    expect(await simulateShell(13)).toMatchObject(watched);
  });

  it.each(BROKEN_VARIANTS)("control: finds $name", { timeout: CAUGHT_WITHIN * 1_000 }, async (variant) => {
    for (let seed = 1; seed <= CAUGHT_WITHIN; seed++) {
      const { violations } = await simulateShell(seed, variant);
      if (!violations.some((v) => variant.foundBy.test(v))) continue;
      console.log(`${variant.name}: found by seed ${seed}`);
      return;
    }
    expect.unreachable(`${CAUGHT_WITHIN} seeds found nothing`);
  });
});
