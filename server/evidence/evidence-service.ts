import type { Agent, AgentConfig } from "@/server/agents";
import type { MarketFeed, MarketFeeds, MarketSource } from "@/server/market";
import { INTERVAL_MS } from "@/server/market";
import { DomainError, type Json, type TenantScope } from "@/server/shared";
import { assessRecord, type RecordAssessment, type Refusal } from "./assess-record";
import { checkGate, type GateRules, type GateVerdict } from "./live-gate";
import { loadCloses } from "./load-closes";
import { decisionKey, type OutOfSample, outOfSample } from "./out-of-sample";
import type { AgentVersionRow, EvidenceStore, LiveRequest, LiveRequestStore } from "./ports";
import { type FilledRecord, recordFromFills } from "./record-from-fills";
import { type RecordStep, recordStep } from "./record-step";
import type { TrialRegister, TrialTally } from "./trial-register";

/** An agent's own record and what it proves. Times in market ms. */
export type AgentEvidence = RecordAssessment & {
  readonly agent: Agent;
  readonly source: MarketSource;
  /** Versions that decide alike and make up the record; the last one is the current. */
  readonly versions: readonly number[];
  /** Null before the first decision. */
  readonly sample: OutOfSample | null;
  readonly to: number | null;
  readonly step: RecordStep;
  readonly record: FilledRecord | null;
  readonly trades: number;
  readonly tally: TrialTally;
  readonly rules: GateRules;
  /** The newest permission for the current version, or null. */
  readonly allowed: LiveRequest | null;
  readonly requests: readonly LiveRequest[];
};

/** The evidence on an agent, and its way out of paper. */
export class LiveEvidenceService {
  constructor(
    private readonly parts: {
      readonly store: EvidenceStore;
      readonly requests: LiveRequestStore;
      readonly trials: TrialRegister;
      readonly feeds: MarketFeeds;
    },
  ) {}

  /** What the agent's record since its configuration was made proves. Throws NOT_FOUND. */
  async of(scope: TenantScope, agentId: string): Promise<AgentEvidence> {
    const { store, requests, trials, feeds } = this.parts;
    const { agent, versions } = await store.agent(scope, agentId);
    const [tally, rules, asked, feed] = [
      await trials.tally(scope, agentId),
      await requests.rules(scope),
      await requests.list(scope, agentId),
      await feeds.of(scope.workspaceId),
    ];
    const alike = versionsAlike(versions, agent.config);
    const numbers = alike.map((v) => v.version);
    const { first, last } = await store.span(agentId, numbers);
    const source = sourceOf(feed, agent.config);
    const sample = first === null ? null : outOfSample(agent.config, first, alike[0]?.createdAt ?? agent.createdAt, source.kind);
    const rhythm = agent.config.trigger.kind === "interval" ? INTERVAL_MS[agent.config.trigger.interval] : null;
    const step = recordStep(rhythm, sample && last !== null ? last - sample.from : 0);
    const record = sample && last !== null ? await this.#record(feed, agentId, sample.from, last, step) : NOTHING_DECIDED;
    const trades = sample ? await store.trades(agentId, numbers, sample.from) : 0;
    return {
      ...assessRecord(record, tally, trades, rules, step),
      agent,
      source,
      versions: numbers,
      sample,
      to: last,
      step,
      record: "result" in record ? record : null,
      trades,
      tally,
      rules,
      allowed: await this.parts.requests.permission(scope, agentId, agent.configVersion),
      requests: asked,
    };
  }

  /**
   * Asks to leave paper with the agent's current version. The evaluation is recorded with its figures either way. Throws GATE_NOT_MET with the
   * numbers; with `confirm` = the agent's name a person overrides that, which is audited. Throws CONFIRMATION_MISMATCH, PERSON_NEEDED,
   * CONFIG_VERSION_CONFLICT, AGENT_ARCHIVED.
   */
  async requestLive(
    scope: TenantScope,
    agentId: string,
    confirm: string | null,
  ): Promise<{ readonly evidence: AgentEvidence; readonly request: LiveRequest }> {
    const evidence = await this.of(scope, agentId);
    const { agent, gate } = evidence;
    if (agent.status === "archived")
      throw new DomainError("AGENT_ARCHIVED", "This agent is archived: it trades no more, on paper or live", { kind: "conflict" });
    if (!gate.passed && confirm !== null) {
      if (scope.actor.kind !== "user")
        throw new DomainError("PERSON_NEEDED", "Only a person can override the gate, not an API key: sign in", {
          kind: "forbidden",
          field: "confirm",
        });
      if (confirm !== agent.config.name)
        throw new DomainError("CONFIRMATION_MISMATCH", `To override the gate, type the agent's name exactly: ${agent.config.name}`, {
          field: "confirm",
        });
    }
    const outcome = gate.passed ? "passed" : confirm === null ? "refused" : "overridden";
    const request = await this.parts.requests.record(scope, { agentId, configVersion: agent.configVersion, outcome, figures: figuresOf(evidence) });
    if (outcome === "refused") throw gateNotMet(gate);
    return { evidence, request };
  }

  rules(scope: TenantScope): Promise<GateRules> {
    return this.parts.requests.rules(scope);
  }

  /** Throws INVALID_GATE; PERSON_NEEDED when an API key would make the gate easier to pass. */
  async setRules(scope: TenantScope, rules: GateRules): Promise<void> {
    const before = await this.rules(scope);
    const easier = (before.enabled && !rules.enabled) || rules.minTrades < before.minTrades || rules.minDeflatedSharpe < before.minDeflatedSharpe;
    if (easier && scope.actor.kind !== "user")
      throw new DomainError("PERSON_NEEDED", "Only a person can make the gate easier to pass, not an API key: sign in", {
        kind: "forbidden",
        field: "gate",
      });
    await this.parts.requests.setRules(scope, checkGate(rules));
  }

  async #record(feed: MarketFeed, agentId: string, from: number, last: number, step: RecordStep): Promise<FilledRecord | Refusal> {
    const start = Math.ceil(from / step.stepMs) * step.stepMs;
    const end = Math.floor(last / step.stepMs) * step.stepMs;
    if (end <= start)
      return { code: "TOO_FEW_RETURNS", message: `not a whole period of ${step.interval} has passed since its first decision out of sample` };
    const fills = await this.parts.store.fills(agentId);
    const opening: Record<string, number> = {};
    for (const f of fills) if (f.at < start) opening[f.symbol] = (opening[f.symbol] ?? 0) + (f.side === "buy" ? f.quantity : -f.quantity);
    for (const symbol of Object.keys(opening)) if (Math.abs(opening[symbol] ?? 0) < 1e-12) delete opening[symbol];
    const within = fills.filter((f) => f.at >= start && f.at < end);
    try {
      const symbols = new Set([...Object.keys(opening), ...within.map((f) => f.symbol)]);
      const closes: Record<string, Awaited<ReturnType<typeof loadCloses>>> = {};
      for (const symbol of symbols) closes[symbol] = await loadCloses(feed, symbol, step.interval, start, end);
      return recordFromFills({
        from: start,
        to: end,
        stepMs: step.stepMs,
        opening,
        fills: within,
        closes,
        equity: await this.parts.store.equity(agentId, start),
      });
    } catch (error) {
      if (error instanceof DomainError) return { code: error.code, message: error.message };
      throw error;
    }
  }
}

const NOTHING_DECIDED: Refusal = { code: "NOTHING_DECIDED", message: "it has decided nothing with this configuration yet" };

/** The unbroken run of versions up to the current one that decide as it does, oldest first. */
function versionsAlike(versions: readonly AgentVersionRow[], config: AgentConfig): readonly AgentVersionRow[] {
  const key = decisionKey(config);
  const alike: AgentVersionRow[] = [];
  for (const v of versions.toReversed()) {
    if (decisionKey(v.config) !== key) break;
    alike.unshift(v);
  }
  return alike;
}

/** What the agent's prices are: an exchange's or files' when any of its symbols is from there. */
function sourceOf(feed: MarketFeed, config: AgentConfig): MarketSource {
  const all = config.symbols.map((s) => feed.sourceOf?.(s) ?? feed.source);
  return all.find((s) => s.kind !== "simulated") ?? all[0] ?? feed.source;
}

/** What a request was decided on. */
function figuresOf({ gate, score, refusal, trades, tally, days, versions, step, sample, to }: AgentEvidence): Json {
  return {
    enabled: gate.enabled,
    passed: gate.passed,
    conditions: gate.conditions as unknown as Json,
    trades,
    trials: tally.trials,
    days,
    versions: [...versions],
    period: step.interval,
    from: sample?.from ?? null,
    to,
    yearlySharpe: score?.yearlySharpe ?? null,
    probabilistic: score?.probabilistic ?? null,
    deflated: score?.deflated ?? null,
    anyTime: score?.anyTime ?? null,
    refusal: refusal as Json,
  };
}

function gateNotMet(gate: GateVerdict): DomainError {
  const missing = gate.conditions.filter((c) => !c.met);
  const said = missing.map((c) =>
    c.id === "trades"
      ? `${c.has ?? 0} of ${c.needs} trades out of sample`
      : c.has === null
        ? `no deflated Sharpe ratio: ${c.why?.message ?? "not enough data"}`
        : `a deflated Sharpe ratio of ${c.has.toFixed(3)} when every look at it counts, and ${c.needs} is needed`,
  );
  const [trades, deflated] = gate.conditions;
  return new DomainError("GATE_NOT_MET", `This agent stays on paper: ${said.join("; ")}. Nothing has changed.`, {
    kind: "conflict",
    data: {
      trades: trades?.has ?? null,
      minTrades: trades?.needs ?? null,
      deflatedSharpe: deflated?.has ?? null,
      minDeflatedSharpe: deflated?.needs ?? null,
      why: deflated?.why?.code ?? null,
    },
  });
}
