import { fixed, HOUR_MS, MINUTE_MS, type TenantScope } from "@/server/shared";
import type { InterleavingScheduler } from "./interleaving-scheduler";
import type { MemoryBooks } from "./memory-books";
import type { SimulatedTasks } from "./simulated-tasks";
import type { Machine, SimulatedWorld } from "./simulated-world";

/** An order may arrive this long (true ms) after it was begun: the time to begin sending, and the request's own deadline. */
const LONGEST_ON_ITS_WAY = 2_000 + 10_000;

const CRITICAL = /^point|^turns\.(modelCallMade|commitIntents)|^orders\.beginSending|^exchange\.place|^budget\.reserve/;

/** How often each happens, per step. */
export type MisfortuneRates = { readonly crash: number; readonly pause: number; readonly jump: number; readonly halt: number; readonly edit: number };

/** What befalls the machines, and what people do in the middle of it. */
export class Misfortunes {
  readonly counts = { crashes: 0, pauses: 0, jumps: 0, halts: 0, edits: 0 };
  /** Agents whose halt has been acknowledged, with the step in which it was. */
  readonly #halted = new Map<string, number>();

  constructor(
    private readonly rates: MisfortuneRates,
    private readonly on: {
      readonly scheduler: InterleavingScheduler;
      readonly books: MemoryBooks;
      readonly world: SimulatedWorld;
      readonly machines: readonly Machine[];
      readonly tasks: SimulatedTasks;
      readonly scope: TenantScope;
    },
  ) {}

  /** Stopped processes go on when their time has come. */
  wakeSleepers(): void {
    for (const m of this.on.machines) {
      if (m.resumeAt === null || m.resumeAt > this.on.scheduler.time) continue;
      this.on.scheduler.note(`${m.process.name} is woken`);
      m.resumeAt = null;
      this.on.scheduler.resume(m.process);
    }
  }

  strike(): void {
    const { scheduler, machines } = this.on;
    // Where the shell has just done something that counts, more goes wrong, and rather on the machine that did it.
    const heat = CRITICAL.test(scheduler.last?.name ?? "") ? 5 : 1;
    const strikes = (rate: number): boolean => scheduler.chance(Math.min(0.5, rate * heat));
    const struck = (): Machine => machines.find((m) => m.process === scheduler.last?.actor && scheduler.chance(0.6)) ?? scheduler.pick(machines);
    const { rates } = this;
    if (strikes(rates.crash)) {
      const m = struck();
      scheduler.note(`${m.process.name} dies`);
      this.counts.crashes += 1;
      this.on.world.restart(m);
      this.on.tasks.later(m, "sweep", scheduler.pick([0, 3_000, 4 * MINUTE_MS]), (x) => this.on.tasks.sweep(x));
    }
    if (strikes(rates.pause)) {
      const m = struck();
      if (m.resumeAt === null) {
        const ms = scheduler.pick([1_500, 4_000, 15_000, 4 * MINUTE_MS, 30 * MINUTE_MS]);
        scheduler.note(`${m.process.name} is stopped for ${ms / 1000} s`);
        this.counts.pauses += 1;
        m.resumeAt = scheduler.time + ms;
        scheduler.pause(m.process);
        this.on.tasks.later(scheduler.pick(machines), "sweep", scheduler.pick([1_000, 3 * MINUTE_MS]), (x) => this.on.tasks.sweep(x));
      }
    }
    if (strikes(rates.jump)) {
      const m = scheduler.pick(machines);
      const ms = scheduler.pick([-3 * HOUR_MS, -HOUR_MS, -10 * MINUTE_MS, -5_000, 5_000, 10 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS]);
      scheduler.note(`the clock of ${m.name} jumps by ${ms / 1000} s`);
      this.counts.jumps += 1;
      m.offset += ms;
    }
    if (strikes(rates.halt)) this.#pressKillSwitch();
    if (strikes(rates.edit)) this.#editLimits();
  }

  #pressKillSwitch(): void {
    const { scheduler } = this.on;
    const agent = scheduler.pick([...this.on.books.agents.values()]);
    const everybody = scheduler.chance(0.25);
    const flatten = scheduler.chance(0.5);
    const pressed = scheduler.steps;
    this.counts.halts += 1;
    this.on.tasks.later(scheduler.pick(this.on.machines), everybody ? "kill switch of all" : `kill switch of ${agent.id}`, 0, async (m) => {
      if (everybody) await m.process.service.killWorkspace(this.on.scope, { flatten });
      else await m.process.service.kill(this.on.scope, { agentId: agent.id, flatten });
      scheduler.note(everybody ? "all trading is halted: acknowledged" : `${agent.id} is halted: acknowledged`);
      for (const id of everybody ? this.on.books.agents.keys() : [agent.id])
        if (!this.on.books.isActive(id)) this.#halted.set(id, Math.max(pressed, scheduler.steps));
    });
  }

  #editLimits(): void {
    const { scheduler } = this.on;
    const { id } = scheduler.pick([...this.on.books.agents.values()]);
    const maxOrderNotional = fixed(scheduler.pick(["150", "800", "3000"]));
    this.counts.edits += 1;
    this.on.tasks.later(scheduler.pick(this.on.machines), `limits of ${id}`, 0, async (m) => {
      const { config, configVersion } = await this.on.world.stores.agents.get(this.on.scope, id);
      await m.process.service.update(this.on.scope, {
        agentId: id,
        expectedVersion: configVersion,
        config: { ...config, limits: { ...config.limits, maxOrderNotional } },
      });
    });
  }

  /** Orders that opened something after a halt was acknowledged, unless they were on their way already. */
  sentAfterHalt(): string[] {
    return this.on.world.placements.flatMap(({ account, order, step, time }) => {
      const halt = this.#halted.get(account);
      const begun = this.on.world.sendings.get(order.clientOrderId);
      if (halt === undefined || order.reduceOnly || step <= halt) return [];
      if (begun === undefined || begun.step > halt) return [`the order ${order.clientOrderId} was begun after the halt was acknowledged`];
      return time - begun.time > LONGEST_ON_ITS_WAY
        ? [`the order ${order.clientOrderId} came ${time - begun.time} ms after it was begun, its agent halted`]
        : [];
    });
  }

  /** The agent trades again. */
  forgetHalt(agentId: string): void {
    this.#halted.delete(agentId);
  }
}
