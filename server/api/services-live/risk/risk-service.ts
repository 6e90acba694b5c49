import type { z } from "zod";
import type { PrismaRiskRepository } from "@/server/adapters/db/prisma-risk-repository";
import type { QueryContext } from "@/server/adapters/db/queries/query-context";
import { riskLimits } from "@/server/adapters/db/queries/risk-limits";
import { riskVetoes } from "@/server/adapters/db/queries/risk-vetoes";
import type { AgentService } from "@/server/agents";
import type * as v from "@/server/api/contract/risk";
import {
  BREAKER_UNITS,
  type BreakerKind,
  breakersOf,
  type CheckedSubject,
  checkThreshold,
  type Monitor,
  replayBreakers,
  type StoredBreakers,
} from "@/server/risk";
import { type Clocks, canonicalJson, type Json, type TenantScope } from "@/server/shared";
import type { PortfolioRiskService } from "./portfolio-risk-service";

type In<K extends keyof typeof v.riskInputs> = z.output<(typeof v.riskInputs)[K]>;
type Parts = {
  readonly repository: PrismaRiskRepository;
  readonly monitor: Monitor;
  readonly portfolio: PortfolioRiskService;
  readonly agents: Pick<AgentService, "letTrade">;
  readonly queries: (workspaceId: string) => Promise<QueryContext>;
  readonly clocks: Clocks;
  readonly build: string;
};

const DECISIONS = 50;

/** Everything the Risk page shows and does. */
export class LiveRiskService {
  constructor(private readonly parts: Parts) {}

  portfolio(scope: TenantScope, input: In<"riskPortfolio">): Promise<v.PortfolioRiskView> {
    return this.parts.portfolio.portfolio(scope, input);
  }

  async limits(scope: TenantScope): Promise<v.RiskLimitsView> {
    return riskLimits(await this.parts.queries(scope.workspaceId), scope);
  }

  async vetoes(scope: TenantScope, input: In<"riskVetoes">): Promise<v.VetoesView> {
    return riskVetoes(await this.parts.queries(scope.workspaceId), scope, input);
  }

  /** Throws SCENARIO_EXISTS, TOO_MANY_SCENARIOS. */
  async addShock(scope: TenantScope, input: In<"riskShock">): Promise<{ shockId: string }> {
    const shockId = await this.parts.repository.addScenario(scope, input.name, input.shock as Json);
    this.parts.portfolio.forget(scope);
    return { shockId };
  }

  /** Throws NOT_FOUND. */
  async removeShock(scope: TenantScope, shockId: string): Promise<void> {
    await this.parts.repository.removeScenario(scope, shockId);
    this.parts.portfolio.forget(scope);
  }

  async breakers(scope: TenantScope): Promise<v.BreakersView> {
    const { monitor, repository, clocks } = this.parts;
    const [subjects, settings] = await Promise.all([monitor.read(scope.workspaceId), repository.settings(scope)]);
    return {
      at: clocks.market.now(),
      subjects: subjects.map((s) => subjectView(s, settings)),
      defaults: Object.values(breakersOf(settings, null)),
    };
  }

  /** Throws INVALID_THRESHOLD, NOT_FOUND. */
  async setBreaker(scope: TenantScope, { agentId, kind, setting }: In<"riskBreakers">): Promise<void> {
    const { repository } = this.parts;
    if (agentId !== null) await repository.agentName(scope, agentId);
    if (setting) checkThreshold(kind, setting);
    await repository.saveSettings(scope, agentId ?? scope.workspaceId, (stored) => changed(stored, agentId, kind, setting));
  }

  /** A person lets a subject trade again: its breakers count anew, and only tell until their cool-down has passed. Throws NOT_FOUND. */
  async resume(scope: TenantScope, agentId: string | null): Promise<void> {
    const { repository, agents, clocks } = this.parts;
    if (agentId !== null) await repository.agentName(scope, agentId);
    await repository.supersede(scope, agentId);
    await agents.letTrade(scope, agentId);
    await repository.rearm(scope, agentId, clocks.market.now());
  }

  /** The same check the schedule makes, now and for this workspace. */
  check(scope: TenantScope): ReturnType<Monitor["check"]> {
    return this.parts.monitor.check(scope.workspaceId);
  }

  alerts(scope: TenantScope, input: In<"riskAlerts">): Promise<v.AlertsView> {
    return this.parts.repository.alerts(scope, input);
  }

  acknowledge(scope: TenantScope, alertId: string): Promise<void> {
    return this.parts.repository.acknowledge(scope, alertId, this.parts.clocks.wall.now());
  }

  decisions(scope: TenantScope): Promise<v.BreakerDecisionView[]> {
    return this.parts.repository.decisions(scope, DECISIONS);
  }

  /** Decides again from what was recorded. Throws NOT_FOUND. */
  async replay(scope: TenantScope, decisionId: string): Promise<v.BreakerReplayView> {
    const { inputs, answers, build } = await this.parts.repository.decision(scope, decisionId);
    const { identical, recorded, again } = replayBreakers(inputs, answers);
    const text = (of: typeof recorded) => canonicalJson(of as unknown as Json);
    return { identical, sameBuild: build === this.parts.build, recorded: text(recorded), again: text(again) };
  }
}

function changed(stored: StoredBreakers, agentId: string | null, kind: BreakerKind, setting: v.BreakerView["setting"] | null): StoredBreakers {
  const replace = (own: StoredBreakers["workspace"]): StoredBreakers["workspace"] => {
    const { [kind]: _before, ...others } = own;
    return setting ? { ...others, [kind]: setting } : others;
  };
  if (agentId === null) return { ...stored, workspace: replace(stored.workspace) };
  return { ...stored, agents: { ...stored.agents, [agentId]: replace(stored.agents[agentId] ?? {}) } };
}

function subjectView({ agent, inputs, answers }: CheckedSubject, settings: StoredBreakers): v.BreakersView["subjects"][number] {
  return {
    agentId: agent?.agentId ?? null,
    name: agent?.name ?? "Workspace",
    tradingState: inputs.tradingState,
    breakers: answers.map((a, i) => {
      const { setting, figure, state } = inputs.readings[i] as CheckedSubject["inputs"]["readings"][number];
      const own = agent && settings.agents[agent.agentId]?.[a.kind] !== undefined;
      return {
        kind: a.kind,
        status: a.status,
        unit: BREAKER_UNITS[a.kind],
        figure: figure.value,
        ratio: a.ratio === null ? null : Number(a.ratio),
        reason: a.reason,
        symbol: figure.symbol,
        setting,
        from: own ? "agent" : settings.workspace[a.kind] !== undefined ? "workspace" : "default",
        step: state.step,
        waitsUntil: a.waitsUntil,
      };
    }),
  };
}
