import type { Agent, AgentConfig, TurnRequest } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { fixed, HOUR_MS, hashId, type TenantScope } from "@/server/shared";
import { findViolations, limitsPassed } from "./find-violations";
import { InterleavingScheduler } from "./interleaving-scheduler";
import { MemoryAgentStore } from "./memory-agent-store";
import { MemoryBooks } from "./memory-books";
import { MemoryOrderStore } from "./memory-order-store";
import { MemoryTurnStore } from "./memory-turn-store";
import { Misfortunes } from "./misfortunes";
import { SimulatedTasks } from "./simulated-tasks";
import { type Machine, SimulatedWorld, type SimulationVariant, SYMBOLS } from "./simulated-world";

const START = Date.UTC(2026, 10, 2, 22, 30);
const TICKS = 4;
const AGENTS = 3;
const MACHINES = 3;
const MAX_STEPS = 30_000;
export type SimulationReport = {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly trace: readonly string[];
  readonly traceHash: string;
  readonly counts: Readonly<
    Record<"steps" | "turns" | "orders" | "executions" | "crashes" | "pauses" | "jumps" | "halts" | "edits" | "asked", number>
  >;
};

/** The product's shell as it is, on stores and a venue that are right. */
export const AS_BUILT: SimulationVariant = { name: "as built" };

/**
 * Several agents on several machines run the same ticks at once, while processes die, are stopped past their leases and come back, calls
 * and answers are lost, clocks jump, the kill switch is pressed and limits are edited, all as the seed decides. Afterwards everything is
 * let come to rest and looked at from outside. The same seed gives the same run.
 */
export async function simulateShell(seed: number, variant: SimulationVariant = AS_BUILT, traced = false): Promise<SimulationReport> {
  return new Simulation(seed, variant, traced).run();
}

class Simulation {
  readonly scheduler: InterleavingScheduler;
  readonly books: MemoryBooks;
  readonly world: SimulatedWorld;
  readonly machines: Machine[];
  readonly scope: TenantScope;
  readonly violations: string[] = [];
  readonly tasks: SimulatedTasks;
  readonly misfortunes: Misfortunes;
  #keys = 0;

  constructor(
    readonly seed: number,
    variant: SimulationVariant,
    traced: boolean,
  ) {
    // Fates are drawn apart from the choices of the run itself.
    const draw = new InterleavingScheduler(seed ^ 0x5eed, 0, 0);
    const maybe = (rate: number): number => (draw.chance(0.5) ? rate * (0.2 + draw.int(80) / 100) : 0);
    // What a seed leaves out makes the rest more likely to matter.
    const misfortunes = { crash: maybe(0.005), pause: maybe(0.008), jump: maybe(0.006), halt: maybe(0.004), edit: maybe(0.005) };
    this.scheduler = new InterleavingScheduler(seed, START, draw.pick([0, 0.5, 0.9]), traced);
    const workspaceId = hashId("simulated workspace");
    this.scope = systemScope(workspaceId);
    this.books = new MemoryBooks({
      id: workspaceId,
      treasuryNodeId: hashId("simulated treasury"),
      limits: {
        allowedSymbols: null,
        maxOrderNotional: null,
        maxPositionNotional: draw.chance(0.5) ? fixed("6000") : null,
        maxDailyLoss: null,
        maxOrdersPerHour: draw.chance(0.3) ? 2 : null,
      },
      tradingState: "active",
      dailyModelCap: fixed("1000"),
    });
    // Leases go by the database's own clock: whatever the machines take the time to be.
    this.books.clock = () => this.scheduler.time;
    const stores = {
      turns: new MemoryTurnStore(this.books),
      orders: new MemoryOrderStore(this.books),
      agents: new MemoryAgentStore(this.books),
      budget: this.books.budget,
    };
    const rates = { venue: maybe(0.05), database: maybe(0.02) };
    this.world = new SimulatedWorld(seed, this.scheduler, variant.stores?.(stores, this.books) ?? stores, variant, rates, (agentId, commit) =>
      this.violations.push(...limitsPassed(this.books, agentId, commit)),
    );
    this.machines = Array.from({ length: MACHINES }, (_, i) => this.world.machine(`P${i + 1}`));
    this.tasks = new SimulatedTasks(this.scheduler, this.violations);
    this.misfortunes = new Misfortunes(misfortunes, this);
  }

  async run(): Promise<SimulationReport> {
    await this.#begin();
    for (let tick = 1; tick <= TICKS; tick++) {
      const at = (Math.floor(START / HOUR_MS) + tick) * HOUR_MS;
      this.scheduler.time = Math.max(this.scheduler.time, at + this.scheduler.int(500));
      this.scheduler.note(`tick ${new Date(at).toISOString()}`);
      await this.#revive();
      for (const agent of this.books.agents.values()) this.#runTick(agent, at);
      for (let i = 0; i < 2; i++)
        this.tasks.later(this.scheduler.pick(this.machines), "sweep", this.scheduler.int(2_000), (m) => this.tasks.sweep(m));
      await this.#untilQuiet(true);
    }
    await this.#comeToRest();
    this.violations.push(...this.misfortunes.sentAfterHalt(), ...(await findViolations(this.books, this.world)));
    const { books, world, scheduler } = this;
    return {
      seed: this.seed,
      violations: [...new Set(this.violations)],
      trace: scheduler.trace,
      traceHash: scheduler.traceHash,
      counts: {
        steps: scheduler.steps,
        turns: books.turns.size,
        orders: world.placements.length,
        executions: books.fills.length,
        asked: world.asked.length,
        ...this.misfortunes.counts,
      },
    };
  }

  async #begin(): Promise<void> {
    const { agents } = this.world.stores;
    const treasury = await agents.treasury(this.scope);
    this.books.ledger.postNow(this.scope.workspaceId, {
      key: "deposit",
      kind: "deposit",
      at: START,
      postings: [
        { account: { nodeId: treasury.nodeId, kind: "cash", currency: "USDT" }, amount: fixed("100000") },
        { account: { nodeId: null, kind: "external", currency: "USDT" }, amount: fixed("-100000") },
      ],
    });
    for (let i = 0; i < AGENTS; i++) {
      const agent = await agents.insert(this.scope, { config: configOf(i), capital: fixed("10000"), treasury, at: START });
      await this.world.venue.transfer(agent.id, treasury.currency, fixed("10000"), "initial");
      await agents.transition(this.scope, agent.id, "start", { reason: null });
      await agents.transition(this.scope, agent.id, "started", { reason: null, lastTickAt: START });
    }
  }

  /** One or two machines are told of the same tick, as queues that deliver at least once do. */
  #runTick(agent: Agent, at: number): void {
    const request: TurnRequest = { workspaceId: agent.workspaceId, agentId: agent.id, tickId: `s:${at}`, at, trigger: { kind: "schedule" } };
    const times = 1 + this.scheduler.int(2);
    for (let i = 0; i < times; i++)
      this.tasks.later(this.scheduler.pick(this.machines), `turn of ${agent.id}`, this.scheduler.int(300), (m) => m.process.runner.run(request));
  }

  async #untilQuiet(faults: boolean): Promise<void> {
    const { scheduler } = this;
    await scheduler.drain();
    for (;;) {
      if (scheduler.steps > MAX_STEPS) throw new Error(`seed ${this.seed} does not come to an end`);
      this.misfortunes.wakeSleepers();
      if (faults) this.misfortunes.strike();
      if (await scheduler.step()) continue;
      await scheduler.drain();
      if (!this.#passTime()) return;
    }
  }

  /** To the next moment in which something can happen: a call that waits, or a stopped process that is woken. */
  #passTime(): boolean {
    const wake = Math.min(...this.machines.map((m) => m.resumeAt ?? Number.POSITIVE_INFINITY));
    const next = Math.min(wake, this.scheduler.nextReady());
    if (!Number.isFinite(next)) return false;
    this.scheduler.time = Math.max(this.scheduler.time, next);
    return true;
  }

  /** A person lets what was halted go on, about every other time. */
  async #revive(): Promise<void> {
    const { agents } = this.world.stores;
    if (this.books.workspace.tradingState !== "active" && this.scheduler.chance(0.5)) await agents.setWorkspaceTrading(this.scope, "active", null);
    for (const { id, status } of [...this.books.agents.values()]) {
      if (status !== "halted" || this.scheduler.chance(0.5)) continue;
      this.scheduler.note(`${id} is resumed`);
      this.violations.push(...this.misfortunes.sentAfterHalt());
      this.misfortunes.forgetHalt(id);
      await agents.transition(this.scope, id, "resume", { reason: null, tradingState: "active" });
      await agents.transition(this.scope, id, "start", { reason: null });
      await agents.transition(this.scope, id, "started", { reason: null, lastTickAt: this.scheduler.time });
    }
  }

  /** No more misfortunes; clocks are right again; what was left is swept until nothing is. */
  async #comeToRest(): Promise<void> {
    const { scheduler, world } = this;
    scheduler.note("everything comes to rest");
    world.calm();
    await this.#untilQuiet(false);
    for (let round = 0; round < 8; round++) {
      scheduler.time += 2 * HOUR_MS;
      for (const m of this.machines) m.offset = 0;
      const [first] = this.machines;
      if (!first) throw new Error("there is no machine");
      if (round === 0) for (const m of this.machines) world.restart(m);
      if (round === 2) {
        for (const agent of this.books.agents.values()) {
          const tickId = `m:${this.#keys++}`;
          const trigger = { kind: "manual" as const, eventId: tickId, actorId: "person" };
          this.tasks.later(first, `last turn of ${agent.id}`, 0, (m) =>
            m.process.runner.run({ workspaceId: agent.workspaceId, agentId: agent.id, tickId, at: scheduler.time, trigger }),
          );
        }
        await this.#untilQuiet(false);
      }
      this.tasks.later(first, "last sweep", 0, (m) => this.tasks.sweep(m));
      await this.#untilQuiet(false);
    }
  }
}

const configOf = (i: number): AgentConfig => ({
  name: `Agent ${i + 1}`,
  symbols: SYMBOLS.slice(0, 1 + (i % 2)),
  mode: "paper",
  trigger: { kind: "interval", interval: "1h" },
  barInterval: "1h",
  strategyText: "",
  decider: i === 0 ? { kind: "rules", ruleSet: "trend-follow", params: {} } : { kind: "model", model: "claude-haiku-4-5" },
  limits: {
    allowedSymbols: null,
    maxOrderNotional: fixed("3000"),
    maxPositionNotional: fixed("5000"),
    maxDailyLoss: null,
    maxOrdersPerHour: 5,
  },
  dailyModelCap: fixed("1000"),
  settleAfterMs: HOUR_MS,
});
