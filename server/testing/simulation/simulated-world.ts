import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import {
  type Agent,
  type AgentStore,
  type ClaimResult,
  type IntentCommit,
  LiveAgentService,
  LiveTurnRunner,
  latestStartOf,
  type OrderRow,
  type OrderStore,
  type TurnRunner,
  type TurnStore,
} from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import type { BudgetRepository, ModelClient, ModelReply } from "@/server/llm";
import { WallMarketClock } from "@/server/market";
import { DomainError, hashId } from "@/server/shared";
import type { ExchangeClient, PlaceOrder } from "@/server/trading";
import { type Actor, type CallFault, ConnectionLost, type InterleavingScheduler, type PendingCall } from "./interleaving-scheduler";
import type { MemoryBooks } from "./memory-books";
import { simulatedCode, simulatedReply } from "./simulated-decider";

export type SimulatedStores = {
  readonly turns: TurnStore;
  readonly orders: OrderStore;
  readonly agents: AgentStore;
  readonly budget: BudgetRepository;
};

/** Deliberately wrong shells and stores: each must be caught. */
export type SimulationVariant = {
  readonly name: string;
  readonly stores?: (stores: SimulatedStores, books: MemoryBooks) => SimulatedStores;
  readonly exchange?: (exchange: ExchangeClient) => ExchangeClient;
};

/** How often a call is lost on its way there or back, and whether the clocks of machines jump. */
export type FaultRates = { readonly venue: number; readonly database: number };

/** One machine: its clock may be off, its process may die and be started again. */
export type Machine = { readonly name: string; offset: number; life: number; process: SimulatedProcess; resumeAt: number | null };
export type SimulatedProcess = Actor & { readonly runner: TurnRunner; readonly service: LiveAgentService };

/** The moment in which sending an order was begun, or in which it came to the venue. */
type Moment = { readonly step: number; readonly time: number };
export type Placement = Moment & { readonly account: string; readonly order: PlaceOrder };

export const SYMBOLS = ["BTC/USDT", "ETH/USDT"];
// A pure function of time: every run may share what it has worked out.
const feed = new SimulatedMarketFeed(7);
const SEND_TIMEOUT_MS = 10_000;

/** Venue, stores and processes of one simulated run, and what was seen from outside of them. */
export class SimulatedWorld {
  readonly venue: ExchangeClient = new PaperExchangeClient({ feed, store: new InMemoryPaperAccountStore() });
  readonly placements: Placement[] = [];
  readonly sendings = new Map<string, Moment>();
  readonly commits: { readonly agentId: string; readonly commit: IntentCommit; readonly orders: readonly OrderRow[] }[] = [];
  readonly asked: string[] = [];
  #ids = 0;

  constructor(
    readonly seed: number,
    readonly scheduler: InterleavingScheduler,
    readonly stores: SimulatedStores,
    readonly variant: SimulationVariant,
    private rates: FaultRates,
    /** Told of every commit in the moment it was made. */
    private readonly committed: (agentId: string, commit: IntentCommit) => void,
  ) {}

  /** From here on nothing is lost any more. */
  calm(): void {
    this.rates = { venue: 0, database: 0 };
  }

  machine(name: string): Machine {
    const machine = { name, offset: 0, life: 0, resumeAt: null } as unknown as Machine;
    this.restart(machine);
    return machine;
  }

  /** A new process on the machine; what the old one still wanted is never done. */
  restart(machine: Machine): void {
    if (machine.process) this.scheduler.kill(machine.process);
    machine.life += 1;
    machine.resumeAt = null;
    machine.process = this.#process(machine);
  }

  #process(machine: Machine): SimulatedProcess {
    const { scheduler } = this;
    const actor: Actor = { name: `${machine.name}.${machine.life}`, alive: true, paused: false };
    let reserved = "";
    const remember = (key: string): void => {
      reserved = key;
    };
    const through = <T extends object>(name: string, port: T): T => this.#through(actor, name, port, remember);
    const wall = { now: () => scheduler.time + machine.offset };
    const market = new WallMarketClock(wall);
    const clocks = { wall, market };
    const stores = this.#watched();
    const turns = through("turns", stores.turns);
    const orders = through("orders", stores.orders);
    const prices = through("feed", feed);
    const venue = through("exchange", this.#watchedVenue());
    const exchange = this.variant.exchange?.(venue) ?? venue;
    // A call is made in the very moment its reservation is answered: that is how it gets its name here.
    const model: ModelClient = {
      complete: () => {
        const key = reserved;
        const reply = async (): Promise<ModelReply> => {
          this.asked.push(key);
          return simulatedReply(this.seed, SYMBOLS, key);
        };
        return scheduler.call(actor, "model.complete", reply, { detail: key }) as Promise<ModelReply>;
      },
    };
    const runner = new LiveTurnRunner({
      turns,
      orders,
      feed: prices,
      exchange,
      budget: through("budget", stores.budget),
      model,
      clocks,
      code: simulatedCode(this.seed),
      points: { hit: async (point) => void (await scheduler.call(actor, `point ${point}`, async () => undefined)) },
      sleep: async (ms) => void (await scheduler.call(actor, `sleep ${ms}`, async () => undefined, { waitMs: ms })),
      scopeOf: systemScope,
      latestStart: latestStartOf(market),
      owner: actor.name,
    });
    const service = new LiveAgentService({
      agents: through("agents", stores.agents),
      orders,
      feed: prices,
      exchange,
      money: { move: notSimulated, mirror: notSimulated, prices: notSimulated },
      clocks,
      ids: { next: () => hashId("simulated", this.seed, this.#ids++) },
      queue: { requestTurn: async () => {}, requestTransition: async () => {}, wakeScheduler: async () => {} },
      turns: runner,
      hasModelKey: async () => true,
    });
    return Object.assign(actor, { runner, service });
  }

  /** Puts the scheduler between a process and a port: each call waits for its turn, there and back. */
  #through<T extends object>(actor: Actor, name: string, port: T, reserved: (key: string) => void): T {
    return new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        const call = `${name}.${String(key)}`;
        if (call === "feed.symbols") return () => Reflect.apply(member, target, []) as unknown;
        return (...args: unknown[]) =>
          this.scheduler.call(actor, call, async () => (await Reflect.apply(member, target, args)) as unknown, {
            detail: detailOf(call, args),
            ...(LONG[call] === undefined && name !== "feed" ? {} : { shown: LONG[call] ?? null }),
            fault: this.#fault(name, call),
            ...(call === "exchange.place" ? { deadlineMs: SEND_TIMEOUT_MS } : {}),
            lost: () => lost(name, call),
            ...(call === "budget.reserve" ? { delivered: () => reserved((args[1] as { key: string }).key) } : {}),
          });
      },
    });
  }

  #fault(port: string, call: string): CallFault {
    const rate =
      call === "exchange.place"
        ? Math.min(0.5, 6 * this.rates.venue)
        : port === "exchange"
          ? this.rates.venue
          : port === "feed"
            ? 0
            : this.rates.database;
    if (rate === 0 || !this.scheduler.chance(rate)) return "none";
    return this.scheduler.chance(0.5) ? "before" : "after";
  }

  /** The stores, with an eye on what is committed and sent. */
  #watched(): SimulatedStores {
    const { turns, orders, ...rest } = this.stores;
    const moment = (): Moment => ({ step: this.scheduler.steps, time: this.scheduler.time });
    return {
      ...rest,
      turns: overriding(turns, {
        commitIntents: async (lease, commit) => {
          const made = await turns.commitIntents(lease, commit);
          this.commits.push({ agentId: lease.agentId, commit, orders: made });
          this.committed(lease.agentId, commit);
          return made;
        },
      }),
      orders: overriding(orders, {
        beginSending: async (lease, order, wallNow) => {
          const begun = await orders.beginSending(lease, order, wallNow);
          if (begun === "sending") this.sendings.set(order.id, moment());
          return begun;
        },
      }),
    };
  }

  #watchedVenue(): ExchangeClient {
    return overriding(this.venue, {
      place: async (account, order) => {
        // Also what it refuses: most venues know a client id again only while its order is open.
        this.placements.push({ account, order, step: this.scheduler.steps, time: this.scheduler.time });
        return this.venue.place(account, order);
      },
    });
  }
}

/** The port with some of its methods replaced. */
export const overriding = <T extends object>(port: T, methods: Partial<T>): T =>
  new Proxy(port, {
    get: (target, key) => {
      const own: unknown = Reflect.get(methods, key);
      if (own !== undefined) return own;
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });

const lost = (port: string, call: string): Error =>
  port === "exchange" ? new DomainError("VENUE_UNAVAILABLE", "the venue did not answer", { kind: "unavailable" }) : new ConnectionLost(call);

/** Answers too long for a trace, and what it shows of them. */
const LONG: Readonly<Record<string, PendingCall["shown"]>> = {
  "turns.loadStored": (stored) => (stored as { replies: readonly unknown[] }).replies,
  "turns.settlementBases": null,
  "turns.claim": (claim) => claimed(claim as ClaimResult),
  "turns.agentOf": (agent) => (agent as Agent | null)?.status ?? null,
  "exchange.instrument": null,
};

/** What a claim came to, without the agent. */
export const claimed = (claim: ClaimResult): object =>
  claim.kind === "claimed" ? { kind: claim.kind, turnId: claim.lease.turnId, fence: claim.lease.fence, phase: claim.phase } : { kind: claim.kind };

/** What a call is about, for the trace. */
function detailOf(call: string, args: readonly unknown[]): string {
  if (call.startsWith("feed.")) return "";
  return args
    .map((a) => {
      if (typeof a === "string" || typeof a === "number") return String(a);
      if (typeof a !== "object" || a === null) return "";
      const known = a as { turnId?: string; fence?: number; tickId?: string; clientOrderId?: string; key?: string; status?: string };
      if (known.fence !== undefined) return `turn ${known.turnId} fence ${known.fence}`;
      if (known.clientOrderId !== undefined) return `order ${known.clientOrderId}${known.status ? ` ${known.status}` : ""}`;
      return known.tickId ?? known.key ?? "";
    })
    .filter((t) => t !== "")
    .join(" ");
}

/** Money is moved only before a simulation begins. */
const notSimulated = (): Promise<never> => Promise.reject(new Error("no money is moved in a simulation"));
