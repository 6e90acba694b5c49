import type { Database } from "@/server/adapters/db/database";
import { PrismaEvidenceStore } from "@/server/adapters/db/evidence/prisma-evidence-store";
import { PrismaLiveRequestStore } from "@/server/adapters/db/evidence/prisma-live-request-store";
import { PrismaTrialRegister } from "@/server/adapters/db/evidence/prisma-trial-register";
import { type AgentEvidence, BAND, type BacktestTrials, type GateRules, LiveEvidenceService, type LiveRequest } from "@/server/evidence";
import { modelInfo } from "@/server/llm";
import type { MarketFeeds } from "@/server/market";
import type { TenantScope } from "@/server/shared";
import type { EvidenceView, GateView, LiveAnswerView, LiveRequestView } from "../contract";
import type { EvidenceService } from "../services";

/** Evidence over a database and the workspaces' markets; `backtests` names the trials that backtests and sweeps were. */
export const evidenceService = (db: Database, feeds: MarketFeeds, backtests?: BacktestTrials): EvidenceService =>
  new EvidenceApiService(
    new LiveEvidenceService({
      store: new PrismaEvidenceStore(db),
      requests: new PrismaLiveRequestStore(db),
      trials: new PrismaTrialRegister(db, backtests),
      feeds,
    }),
  );

/** Evidence as the API shows it. */
class EvidenceApiService implements EvidenceService {
  constructor(private readonly evidence: LiveEvidenceService) {}

  async get(scope: TenantScope, agentId: string): Promise<EvidenceView> {
    return view(await this.evidence.of(scope, agentId));
  }

  async requestLive(scope: TenantScope, input: { agentId: string; confirm?: string | undefined }): Promise<LiveAnswerView> {
    const { evidence, request } = await this.evidence.requestLive(scope, input.agentId, input.confirm ?? null);
    const how =
      request.outcome === "overridden"
        ? "by your confirmation, against the gate"
        : evidence.gate.enabled
          ? "its evidence is enough"
          : "the gate is switched off in the settings, so no evidence was asked for";
    return {
      outcome: request.outcome === "overridden" ? "overridden" : "passed",
      configVersion: request.configVersion,
      venue: "none",
      message: `${evidence.agent.config.name} may go live with version ${request.configVersion}: ${how}. No venue for live trading is connected, so it goes on trading on paper.`,
    };
  }

  async gate(scope: TenantScope): Promise<GateView> {
    return { ...(await this.evidence.rules(scope)) };
  }

  setGate(scope: TenantScope, rules: GateRules): Promise<void> {
    return this.evidence.setRules(scope, rules);
  }
}

function view(e: AgentEvidence): EvidenceView {
  const { agent, score, sample, record, band, gate } = e;
  const { decider } = agent.config;
  return {
    agentId: agent.id,
    agentName: agent.config.name,
    configVersion: agent.configVersion,
    versions: [...e.versions],
    masked: agent.config.masked === true,
    market: { kind: e.source.kind, label: e.source.label },
    sample:
      sample === null || e.to === null
        ? null
        : { from: sample.from, because: sample.because, to: e.to, days: e.days, period: e.step.interval, periodsLeft: record?.left ?? 0 },
    trainingCutoff: decider.kind === "model" ? modelInfo(decider.model).trainingCutoff : null,
    trades: e.trades,
    trials: e.tally.trials,
    trialSources: e.tally.sources.map((s) => ({ ...s })),
    words: e.words,
    score:
      score === null
        ? null
        : {
            periods: score.periods,
            effectivePeriods: score.effectivePeriods,
            yearlySharpe: score.yearlySharpe,
            excessReturn: score.excessReturn,
            skew: score.skew,
            kurtosis: score.kurtosis,
            probabilistic: score.probabilistic,
            deflated: score.deflated,
            anyTime: score.anyTime,
            luckYearlySharpe: score.luck * Math.sqrt(score.periodsPerYear),
            varianceFrom: score.varianceFrom,
            daysNeeded: score.periodsNeeded === null ? null : (score.periodsNeeded * e.days) / score.periods,
          },
    refusal: e.refusal,
    exposure: score && record ? record.symbols.map((symbol, i) => ({ symbol, average: score.matched.average[i] ?? 0 })) : [],
    curve: curveOf(e),
    band:
      band === null
        ? null
        : {
            level: BAND.level,
            paths: BAND.paths,
            block: band.block,
            sharpeLow: band.sharpe === null ? null : band.sharpe.low * Math.sqrt(e.step.perYear),
            sharpeHigh: band.sharpe === null ? null : band.sharpe.high * Math.sqrt(e.step.perYear),
          },
    gate: { enabled: gate.enabled, passed: gate.passed, conditions: gate.conditions.map((c) => ({ ...c, why: c.why && { ...c.why } })) },
    allowed: e.allowed && requestView(e.allowed),
    requests: e.requests.map(requestView),
  };
}

/** Compounded growth at the band's places. */
function curveOf({ record, score, band, step }: AgentEvidence): EvidenceView["curve"] {
  if (!record || !band || !score) return null;
  const points: NonNullable<EvidenceView["curve"]> = [];
  let [agent, hold, next] = [1, 1, 0];
  for (let k = 0; k <= record.result.length; k++) {
    if (k > 0) {
      agent *= 1 + (record.result[k - 1] as number);
      hold *= 1 + (score.matched.hold[k - 1] as number);
    }
    if (k !== band.places[next]) continue;
    const t = k === 0 ? (record.times[0] as number) : (record.times[k - 1] as number) + step.stepMs;
    points.push({ t, agent, hold, low: band.low[next] as number, middle: band.middle[next] as number, high: band.high[next] as number });
    next += 1;
  }
  return points;
}

const requestView = (r: LiveRequest): LiveRequestView => ({ id: r.id, configVersion: r.configVersion, outcome: r.outcome, actor: r.actor, at: r.at });
