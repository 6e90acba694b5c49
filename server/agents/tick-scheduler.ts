import type { MarketClock, MarketFeed, MarketFeeds } from "@/server/market";
import { type Clock, DomainError, hashId, type TenantScope } from "@/server/shared";
import { type TickGap, ticksBetween } from "./missed-ticks";
import type { AgentStore, RunningAgent, TickStore } from "./ports";
import type { PlannedTurn, TickScheduler } from "./service-types";
import type { Agent, AgentStatus } from "./types";

type Ports = {
  readonly agents: AgentStore;
  readonly ticks: TickStore;
  readonly feed: MarketFeed;
  readonly feeds?: MarketFeeds;
  readonly market: MarketClock;
  readonly wall: Clock;
  readonly scopeOf: (workspaceId: string) => TenantScope;
  readonly hasModelKey: (scope: TenantScope) => Promise<boolean>;
  readonly restoreVenueMoney: (agent: Agent) => Promise<void>;
};

const LATEST_START_MS = 60_000;

/** Wall time after which a tick may no longer begin: a minute after its instant, and no later than the instant of the next one. */
export const latestStartOf = (market: MarketClock) => (tickAt: number, intervalMs: number) =>
  Math.min(market.wallAt(tickAt) + LATEST_START_MS, market.wallAt(tickAt + intervalMs));

/** Plans ticks ahead of their time, so that each runs at its own instant whatever the market clock's speed. */
export class LiveTickScheduler implements TickScheduler {
  constructor(private readonly ports: Ports) {}

  async plan(horizonWallMs: number): Promise<readonly PlannedTurn[]> {
    const { market, wall, ticks } = this.ports;
    const until = wall.now() + horizonWallMs;
    const planned: PlannedTurn[] = [];
    const agents = await ticks.running();
    await ticks.recordGaps(agents.flatMap((agent) => this.#missed(agent)));
    for (const agent of agents) {
      for (let at = this.#firstTick(agent); market.wallAt(at) <= until; at += agent.intervalMs) {
        planned.push({
          workspaceId: agent.workspaceId,
          agentId: agent.agentId,
          tickId: `s:${at}`,
          at,
          trigger: { kind: "schedule" },
          wallAt: market.wallAt(at),
          settleAt: at + agent.settleAfterMs,
        });
      }
    }
    return inTurn(planned);
  }

  /** The first tick that may still begin: the present one when it has not run, else the next. */
  #firstTick({ intervalMs, lastTickAt }: RunningAgent): number {
    const present = this.#present(intervalMs);
    return this.#mayBegin(present, intervalMs) && present > (lastTickAt ?? present) ? present : present + intervalMs;
  }

  #present(intervalMs: number): number {
    return Math.floor(this.ports.market.now() / intervalMs) * intervalMs;
  }

  #mayBegin(at: number, intervalMs: number): boolean {
    return latestStartOf(this.ports.market)(at, intervalMs) >= this.ports.wall.now();
  }

  /** Ticks whose latest start has passed without a turn: one gap, and they are never run. The present one may have time left. */
  #missed(agent: RunningAgent): { agent: RunningAgent; gap: TickGap }[] {
    const present = this.#present(agent.intervalMs);
    const before = this.#mayBegin(present, agent.intervalMs) ? present : present + agent.intervalMs;
    const gap = ticksBetween(agent.lastTickAt, before, agent.intervalMs);
    return gap ? [{ agent, gap }] : [];
  }

  async finishTransition(workspaceId: string, agentId: string): Promise<{ status: AgentStatus }> {
    const { agents, market } = this.ports;
    const scope = this.ports.scopeOf(workspaceId);
    const agent = await agents.get(scope, agentId);
    if (agent.status === "stopping") return agents.transition(scope, agentId, "stopped", { reason: null });
    if (agent.status !== "starting") return { status: agent.status };
    const problem = await this.#whyNot(scope, agent);
    if (problem !== null) return agents.transition(scope, agentId, "start-failed", { reason: problem });
    await this.ports.restoreVenueMoney(agent);
    return agents.transition(scope, agentId, "started", { reason: null, lastTickAt: market.now() });
  }

  /** What keeps the agent from running, in words; null when nothing does. */
  async #whyNot(scope: TenantScope, agent: Agent): Promise<string | null> {
    if (agent.config.decider.kind === "model" && !(await this.ports.hasModelKey(scope)))
      return "There is no key for this model: paste one on the Models page.";
    const feed = (await this.ports.feeds?.of(agent.workspaceId)) ?? this.ports.feed;
    for (const symbol of agent.config.symbols) {
      try {
        const price = await feed.price({ symbol, at: this.ports.market.now() });
        if (!price) return `${symbol} has no price yet.`;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return `No prices for ${symbol}: ${error.message}`;
      }
    }
    return null;
  }
}

/**
 * In another order of agents at each instant, the same on every machine: where more is due than can be done in time, it is not always the
 * same agents that go without.
 */
function inTurn(planned: readonly PlannedTurn[]): readonly PlannedTurn[] {
  const lots = new Map(planned.map((tick) => [tick, hashId("turn", tick.agentId, tick.tickId)]));
  const lot = (tick: PlannedTurn): string => lots.get(tick) ?? "";
  return [...planned].sort((a, b) => a.wallAt - b.wallAt || (lot(a) < lot(b) ? -1 : 1));
}
