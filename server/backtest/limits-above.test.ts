import { describe, expect, it } from "vitest";
import { NO_LIMITS } from "@/server/risk";
import { fixed } from "@/server/shared";
import { sampleRun, sampleSpec } from "@/server/testing/backtest-spec";
import { randomMarket } from "@/server/testing/random-market";
import type { BacktestSpec } from "./backtest-spec";
import { trialOf } from "./jobs/trials";
import { type LimitsAboveSpec, storedLimits } from "./limits-above";
import { runSpec } from "./run-spec";
import { runSweep } from "./run-sweep";

const BARS = 400;
const market = randomMarket({ seed: 5, bars: BARS });
const run = async (spec: BacktestSpec) => (await runSpec(sampleRun(spec, market))).result;
const tried = { params: {}, from: 0, to: 1, sample: { returns: 0, sharpe: null, skewness: null, kurtosis: null }, excess: null };
const trialId = (spec: BacktestSpec): string => trialOf("w", spec, 0, tried).id;
const above = (workspace: LimitsAboveSpec["workspace"], farms: LimitsAboveSpec["farms"] = []): LimitsAboveSpec => ({ workspace, farms });
const farm = (name: string, limits: LimitsAboveSpec["workspace"]) => ({ id: "f", name, limits });

describe("limits above the agents of a backtest", () => {
  it("a backtest from before there were any keeps its hash and its trial", async () => {
    expect((await run(sampleSpec(BARS))).hash).toBe("405549fc0a656e0744de616a01e456b038601c4511d8dcfd43613c57e7eb1f7c");
    expect(trialId(sampleSpec(BARS))).toBe("c7bcbd05-edd8-8ea1-95d5-c49f9b74e4d9");
  });

  it("are part of what is tried only where one is set, and whatever the farm is called", () => {
    const id = (limitsAbove: LimitsAboveSpec) => trialId(sampleSpec(BARS, { limitsAbove }));
    const none = trialId(sampleSpec(BARS));
    expect(id(above({}))).toBe(none);
    expect(id(above({}, [farm("A", {})]))).toBe(none);
    const small = { maxOrderNotional: "100" };
    expect(id(above(small))).not.toBe(none);
    expect(id(above({}, [farm("A", small)]))).not.toBe(id(above(small)));
    expect(id(above({}, [farm("A", small)]))).toBe(id(above({}, [farm("B", small)])));
  });

  it("bind every agent of a backtest and every point of a sweep, in each engine alike", async () => {
    const limitsAbove = above({ maxPositionNotional: "300" }, [farm("A", {}), farm("B", { maxOrderNotional: "120" })]);
    const hashes = new Set<string>();
    for (const engine of ["audited", "event", "array"] as const) {
      const result = await run(sampleSpec(BARS, { engine, limitsAbove }));
      expect(result.trades.length).toBeGreaterThan(5);
      for (const t of result.trades) expect(Number(t.paid)).toBeLessThan(302);
      for (const f of result.fills) if (f.side === "buy") expect(Number(f.quantity) * Number(f.price)).toBeLessThan(121);
      hashes.add(result.hash);
    }
    expect(hashes.size).toBe(1);
    const base = sampleSpec(BARS, { engine: "array", limitsAbove });
    const { instrument, build } = sampleRun(base, market);
    const sweep = await runSweep({ market, instrument, build, spec: { version: 1, base, axes: [{ param: "fast", values: [3, 4] }] } });
    for (const p of sweep.points) {
      const agents = base.agents.map((a) => ({ ...a, params: p.params }));
      expect(p.equity).toBe((await run({ ...base, engine: "event", agents })).equity);
      expect(p.equity).not.toBe((await run(sampleSpec(BARS, { agents }))).equity);
    }
  });

  it("are kept as what is set, in exact text, and refused by name when they are not limits", async () => {
    expect(storedLimits({ ...NO_LIMITS, maxDailyLoss: fixed("12.50"), maxOrdersPerHour: 3 })).toEqual({ maxDailyLoss: "12.5", maxOrdersPerHour: 3 });
    await expect(run(sampleSpec(BARS, { limitsAbove: above({ maxOrder: "1" }) }))).rejects.toMatchObject({
      code: "UNKNOWN_LIMIT",
      details: { field: "limitsAbove.workspace.maxOrder" },
    });
    await expect(run(sampleSpec(BARS, { limitsAbove: above({}, [farm("A", { maxDailyLoss: "-1" })]) }))).rejects.toMatchObject({
      code: "INVALID_LIMIT",
      details: { field: "limitsAbove.farms.0.maxDailyLoss" },
    });
  });
});
