import { expect, it } from "vitest";
import { recordLimits } from "@/server/agents";
import { fixed } from "@/server/shared";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { TEST_CONFIG } from "@/server/testing/live-agents";
import type { AlertsView, BreakersView, PortfolioRiskView, RiskLimitsView, VetoesView } from "./contract/risk";

describeDatabase("the risk of a workspace", (db) => {
  it("is refused by name while nothing is held, computed from what is held, stressed, watched and acknowledged", async () => {
    const api = apiFixture(db());
    const owner = await api.person();
    const ask = async <T>(name: string, input?: unknown): Promise<T> => {
      const answer = await api.call(name, input, owner.headers);
      expect(answer.error, name).toBeNull();
      return answer.data as T;
    };
    const empty = await ask<PortfolioRiskView>("risk.portfolio", {});
    expect(empty.methods.historical).toEqual({ ok: false, code: "NO_POSITIONS", message: "Nothing is held, so there is no risk to measure." });
    expect(empty.equity).toBe(empty.cash);

    const { agentId } = await api.services.agents.create(owner.caller.scope, { config: TEST_CONFIG, capital: fixed("10000") });
    await db().prisma.position.createMany({
      data: [
        { agentId, symbol: "BTC/USDT", quantity: "0.02", averageEntry: "50000" },
        { agentId, symbol: "ETH/USDT", quantity: "0.5", averageEntry: "3000" },
      ],
    });
    api.clock.time += 60_000;
    const view = await ask<PortfolioRiskView>("risk.portfolio", { agentId });
    for (const method of Object.values(view.methods)) {
      if (!method.ok) throw new Error(method.message);
      const { valueAtRisk, expectedShortfall } = method.value;
      for (const f of [valueAtRisk, expectedShortfall]) {
        expect(f.parts.reduce((sum, p) => sum + p.component, 0)).toBe(f.share);
        expect(f.parts.reduce((sum, p) => sum + Math.round(Number(p.money) * 100), 0)).toBe(Math.round(Number(f.money) * 100));
      }
    }
    for (const answer of [view.correlation, view.beta, view.drawdown, view.liquidity, view.backtest]) expect(answer.ok).toBe(true);
    expect(view.stress.filter((s) => !s.ok)).toEqual([]);

    const { shockId } = await ask<{ shockId: string }>("risk.addShock", { name: "Half gone", shock: { kind: "price", change: -0.5 } });
    const stressed = await ask<PortfolioRiskView>("risk.portfolio", { agentId });
    const row = stressed.stress.find((s) => s.id === shockId);
    if (!row?.ok) throw new Error("the scenario is computed");
    expect(row.value.share).toBeCloseTo((-0.5 * Number(stressed.gross)) / Number(stressed.equity), 9);
    expect((await api.call("risk.addShock", { name: "Half gone", shock: { kind: "price", change: -0.5 } }, owner.headers)).error?.code).toBe(
      "SCENARIO_EXISTS",
    );
    expect((await api.call("risk.addShock", { name: "No", shock: { kind: "price", change: "NaN" } }, owner.headers)).error?.code).toBe(
      "INVALID_INPUT",
    );
    await ask("risk.removeShock", { shockId });
    expect((await ask<PortfolioRiskView>("risk.portfolio", { agentId })).stress.some((s) => s.id === shockId)).toBe(false);

    // A threshold that today's volatility breaks: told of at once, acted upon as far as it may.
    const setting = { enabled: true, threshold: "0.001", windowMs: 3_600_000, coolDownMs: 3_600_000, upTo: "reduce" };
    expect(
      (await api.call("risk.setBreaker", { agentId, kind: "volatility", setting: { ...setting, threshold: "0" } }, owner.headers)).error,
    ).toMatchObject({
      code: "INVALID_THRESHOLD",
      field: "threshold",
    });
    await ask("risk.setBreaker", { agentId, kind: "volatility", setting });
    const breakers = await ask<BreakersView>("risk.breakers");
    const volatility = breakers.subjects.find((s) => s.agentId === agentId)?.breakers.find((b) => b.kind === "volatility");
    expect(volatility).toMatchObject({ status: "breached", from: "agent", step: null });
    expect(breakers.subjects[0]?.breakers[0]).toMatchObject({ kind: "drawdown", status: "clear", from: "default" });
    expect(await ask("risk.check")).toMatchObject({ acted: 1, raised: 1 });
    const { rows, open, unseen } = await ask<AlertsView>("risk.alerts", {});
    expect([open, unseen, rows[0]?.kind, rows[0]?.state]).toEqual([1, 1, "volatility", "open"]);
    await ask("risk.acknowledge", { alertId: rows[0]?.id });
    expect(await ask<AlertsView>("risk.alerts", {})).toMatchObject({ open: 1, unseen: 0, rows: [{ state: "acknowledged" }] });
    const [decision] = await ask<{ id: string; steps: string[] }[]>("risk.decisions");
    expect(decision?.steps).toEqual(["reduce"]);
    expect(await ask("risk.replay", { decisionId: decision?.id })).toMatchObject({ identical: true, sameBuild: true });
    expect((await db().prisma.agent.findUniqueOrThrow({ where: { id: agentId } })).tradingState).toBe("reducing");
    await ask("risk.resume", { agentId });
    expect((await db().prisma.agent.findUniqueOrThrow({ where: { id: agentId } })).tradingState).toBe("active");
    expect(await ask("risk.check")).toMatchObject({ acted: 0, raised: 0, resolved: 0 });

    const limits = await ask<RiskLimitsView>("risk.limits");
    expect(limits.groups.map((g) => [g.name, g.level, g.problem])).toEqual([
      ["Workspace", "workspace", null],
      [TEST_CONFIG.name, "agent", null],
    ]);
    // Every limit that is set is there, with what it is used up to by the judge's own measure.
    const set = Object.entries(recordLimits(TEST_CONFIG.limits)).flatMap(([name, value]) => (value === null ? [] : [name]));
    expect(limits.groups[1]?.limits.map((l) => l.name)).toEqual(set);
    expect(set.length).toBeGreaterThan(1);
    for (const l of limits.groups[1]?.limits ?? [])
      expect([l.name, l.share === null || (l.share >= 0 && l.share < 1), l.stops]).toEqual([l.name, true, false]);
    expect(await ask<VetoesView>("risk.vetoes", {})).toMatchObject({ rules: [], total: { net: "0" } });
    const actions = await db().prisma.auditEntry.findMany({ where: { workspaceId: owner.caller.scope.workspaceId }, select: { action: true } });
    for (const action of ["stress-scenario.added", "breakers.set", "breaker.acted", "alert.acknowledged", "breakers.reset"])
      expect(actions.map((a) => a.action)).toContain(action);
  });
});
