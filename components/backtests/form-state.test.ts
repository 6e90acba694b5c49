import { describe, expect, it } from "vitest";
import { backtestInputs } from "@/server/api/contract/backtests";
import { axisValues, type BacktestForm, combinations, defaultName, formOf, newForm, toInput } from "./form-state";

const NOW = Date.UTC(2026, 5, 15, 13, 30);
const FARM = "0193c4a0-0000-7000-8000-000000000001";
const form = (over: Partial<BacktestForm> = {}): BacktestForm => ({
  ...newForm({ now: NOW, symbols: [{ symbol: "BTC/USDT", firstTime: Date.UTC(2026, 0, 1) }] }),
  ...over,
});

describe("the form of a backtest", () => {
  it("begins as far back as there are prices, a year at most, and ends at the market's last midnight", () => {
    expect([form().from, form().to]).toEqual(["2026-01-02", "2026-06-15"]);
    expect(newForm({ now: NOW, symbols: [{ symbol: "BTC/USDT", firstTime: null }] }).from).toBe("2025-06-15");
  });

  it("is what the API takes, for every kind", () => {
    const axes = [{ key: 1, param: "fast", from: "5", to: "15", step: "5" }];
    for (const kind of ["single", "sweep", "walk-forward"] as const) {
      const parsed = backtestInputs.backtestCreate.parse(toInput(form({ kind, axes })));
      expect(parsed.name).toBe("Trend BTC");
      if (parsed.kind !== "single") expect(parsed.axes).toEqual([{ param: "fast", values: [5, 10, 15] }]);
    }
  });

  it("comes back from what was stored", () => {
    const agents = [{ ...(form().agents[0] as BacktestForm["agents"][number]), params: { fast: "5" }, capital: "250" }];
    const typed = form({ kind: "walk-forward", name: "Mine", agents, axes: [{ key: 1, param: "entryAtr", from: "0.1", to: "0.5", step: "0.2" }] });
    const sent = backtestInputs.backtestCreate.parse(toInput(typed));
    if (sent.kind !== "walk-forward") throw new Error("not what was asked for");
    const { spec, axes, inSample, outOfSample, objective } = sent;
    const job = { kind: sent.kind, spec: { version: 1 as const, base: { version: 1 as const, ...spec }, axes, inSample, outOfSample, objective } };
    // From before there were limits above the agents: without them again.
    expect(formOf(job as Parameters<typeof formOf>[0], "Mine", [])).toEqual({ ...typed, underLimits: false });
    const limitsAbove = { workspace: {}, farms: [{ id: FARM, name: "A", limits: {} }] };
    const under = { ...job, spec: { ...job.spec, base: { ...job.spec.base, limitsAbove } } };
    expect(formOf(under as Parameters<typeof formOf>[0], "Mine", [{ farmId: FARM }])).toEqual({ ...typed, farmId: FARM });
    expect(formOf(under as Parameters<typeof formOf>[0], "Mine", []).farmId).toBe("");
  });

  it("asks for the workspace's limits unless they are switched off, and for a farm's where one is chosen", () => {
    const asked = (over: Partial<BacktestForm>) => backtestInputs.backtestCreate.parse(toInput(form(over))).limitsAbove;
    expect(asked({})).toEqual({ farmId: null });
    expect(asked({ farmId: FARM })).toEqual({ farmId: FARM });
    expect(asked({ farmId: FARM, underLimits: false })).toBeNull();
  });

  it.each([
    [{ from: "5", to: "20", step: "5" }, [5, 10, 15, 20]],
    [{ from: "0.1", to: "0.5", step: "0.1" }, [0.1, 0.2, 0.3, 0.4, 0.5]],
    [{ from: "5", to: "5", step: "1" }, [5]],
    [{ from: "5", to: "4", step: "1" }, []],
    [{ from: "", to: "4", step: "1" }, []],
    [{ from: "1", to: "9", step: "0" }, []],
    [{ from: "a", to: "9", step: "1" }, []],
    [{ from: "1", to: "1000000", step: "0.1" }, []],
  ])("%j are the values %j", (axis, values) => {
    expect(axisValues(axis)).toEqual(values);
  });

  it("counts its combinations", () => {
    const axis = (from: string, to: string) => ({ key: 1, param: "fast", from, to, step: "1" });
    expect(combinations({ axes: [] })).toBe(0);
    expect(combinations({ axes: [axis("1", "4"), axis("1", "5")] })).toBe(20);
    expect(defaultName({ agents: [] })).toBe("Backtest");
  });
});
