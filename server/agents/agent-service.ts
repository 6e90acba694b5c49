import type { MarketFeed, MarketFeeds } from "@/server/market";
import type { Mitigation } from "@/server/risk";
import { type Clocks, DomainError, type Fixed, hashId, type IdSource, neg, type TenantScope, toText, ZERO } from "@/server/shared";
import { type ExchangeClient, isTerminal, transitionOrder } from "@/server/trading";
import type { MoneyService, Moved, PositionCloser } from "@/server/wallets";
import type { AgentStore, TreasuryRef } from "./ports";
import type { AgentService, TurnRunner, WorkQueue } from "./service-types";
import type { StandingHalts } from "./standing-halts";
import type { OrderStore } from "./turn/shell/ports";
import { follow, postNewFills, syncAccount } from "./turn/shell/sync-account";
import type { Agent, AgentConfig, AgentStatus } from "./types";
import { validateConfig } from "./validate-config";

export type AgentServicePorts = {
  readonly agents: AgentStore;
  readonly orders: OrderStore;
  readonly feed: MarketFeed;
  readonly feeds?: MarketFeeds;
  readonly exchange: ExchangeClient;
  readonly money: Pick<MoneyService, "move" | "mirror" | "prices">;
  readonly clocks: Clocks;
  readonly ids: IdSource;
  readonly queue: WorkQueue;
  readonly turns: TurnRunner;
  readonly hasModelKey: (scope: TenantScope) => Promise<boolean>;
  /** Shared with whoever sends orders in this process. */
  readonly halts?: StandingHalts;
};

/** {@link AgentService} over its ports. */
export class LiveAgentService implements AgentService, Mitigation, PositionCloser {
  constructor(private readonly ports: AgentServicePorts) {}

  async create(scope: TenantScope, input: { config: AgentConfig; capital: Fixed; parentNodeId?: string }): Promise<{ agentId: string }> {
    const { agents, feed, money, clocks } = this.ports;
    const treasury = await agents.treasury(scope, input.parentNodeId);
    const config = await this.#checked(scope, input.config, treasury, feed);
    const at = clocks.market.now();
    const prices = await money.prices(scope.workspaceId, []);
    const agent = await naming("capital", () => agents.insert(scope, { config, capital: input.capital, treasury, at, prices }));
    await money.mirror(agent.id);
    return { agentId: agent.id };
  }

  async update(scope: TenantScope, input: { agentId: string; expectedVersion: number; config: AgentConfig }): Promise<{ configVersion: number }> {
    const { agents, feed, clocks, queue } = this.ports;
    const before = await agents.get(scope, input.agentId);
    const config = await this.#checked(scope, input.config, await agents.treasury(scope), feed);
    if (sameTrigger(before.config.trigger, config.trigger))
      return { configVersion: await agents.saveConfig(scope, input.agentId, input.expectedVersion, config) };
    // Ticks of the new trigger begin now: what it would have had before was not missed.
    const configVersion = await agents.saveConfig(scope, input.agentId, input.expectedVersion, config, { lastTickAt: clocks.market.now() });
    if (before.status === "running") await queue.wakeScheduler();
    return { configVersion };
  }

  async start(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }> {
    return this.#request(scope, agentId, "start");
  }

  async stop(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }> {
    return this.#request(scope, agentId, "stop");
  }

  async #request(scope: TenantScope, agentId: string, event: "start" | "stop"): Promise<{ status: AgentStatus }> {
    const agent = await this.ports.agents.transition(scope, agentId, event, { reason: null });
    await this.ports.queue.requestTransition(scope.workspaceId, agentId, this.ports.ids.next());
    return { status: agent.status };
  }

  async resume(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }> {
    const agent = await this.ports.agents.transition(scope, agentId, "resume", { reason: null, tradingState: "active" });
    this.ports.halts?.lift(scope.workspaceId, agentId);
    return { status: agent.status };
  }

  async archive(scope: TenantScope, agentId: string): Promise<{ status: AgentStatus }> {
    const { agents, orders, clocks } = this.ports;
    const agent = await agents.get(scope, agentId);
    await syncAccount(this.ports, agent, clocks.market.now());
    const held = (await orders.positions(agentId)).find((p) => p.quantity > 0n);
    if (held)
      throw new DomainError(
        "AGENT_HOLDS_POSITION",
        `${agent.config.name} still holds ${toText(held.quantity)} ${held.symbol}. Sell it first: halt and flatten does that.`,
        {
          kind: "conflict",
          data: { symbol: held.symbol, quantity: toText(held.quantity) },
        },
      );
    if ((await orders.live(agentId)).length > 0)
      throw new DomainError("AGENT_HAS_ORDERS", `${agent.config.name} still has open orders.`, { kind: "conflict" });
    const rest = await agents.cash(scope, agent);
    if (agent.status === "archived" && rest === 0n && (await this.#returnVenueMoney(agent))) return { status: agent.status };
    // Archived with money left: the process died in between, and asking again collects it.
    const archived = agent.status === "archived" && rest > 0n ? agent : await agents.transition(scope, agentId, "archive", { reason: null });
    if (rest > 0n) await this.#move(scope, archived, neg(rest), `archive:${agentId}`, true);
    return { status: archived.status };
  }

  /** The books moved and the venue did not answer: what the venue still has follows. False when there is nothing. */
  async #returnVenueMoney(agent: Agent): Promise<boolean> {
    if (((await this.ports.exchange.balances(agent.id))[agent.baseCurrency] ?? ZERO) === 0n) return false;
    await this.ports.money.mirror(agent.id);
    const left = (await this.ports.exchange.balances(agent.id))[agent.baseCurrency] ?? ZERO;
    if (left > 0n) await this.ports.exchange.transfer(agent.id, agent.baseCurrency, neg(left), `archive:${agent.id}`);
    return true;
  }

  async fund(scope: TenantScope, input: { agentId: string; amount: Fixed; key: string }): Promise<Moved> {
    const agent = await this.ports.agents.get(scope, input.agentId);
    if (agent.status === "archived")
      throw new DomainError("AGENT_ARCHIVED", `${agent.config.name} is archived: it takes no more money.`, { kind: "conflict", field: "agentId" });
    return this.#move(scope, agent, input.amount, `fund:${input.agentId}:${input.key}`);
  }

  async collect(scope: TenantScope, input: { agentId: string; amount: Fixed; key: string }): Promise<Moved> {
    return this.#move(scope, await this.ports.agents.get(scope, input.agentId), neg(input.amount), `collect:${input.agentId}:${input.key}`);
  }

  /** Money in (positive) or out, between the agent's wallet and the one above it. What the venue was not told is asked for at once. */
  async #move(scope: TenantScope, agent: Agent, amount: Fixed, key: string, emptied = false): Promise<Moved> {
    const { agents, money } = this.ports;
    const { nodeId: parent } = await agents.parent(scope, agent);
    const order =
      amount > 0n
        ? { kind: "allocate" as const, fromNodeId: parent, toNodeId: agent.nodeId, amount }
        : { kind: "collect" as const, fromNodeId: agent.nodeId, toNodeId: parent, amount: neg(amount) };
    // An agent that is put away gives back what it has, whatever the rules of moving say.
    const moved = emptied
      ? await money.move(scope, { ...order, key, why: "", exact: true, unbound: true }, { approved: true })
      : await money.move(scope, { ...order, key, why: "" });
    await money.mirror(agent.id);
    return moved;
  }

  async decideNow(scope: TenantScope, input: { agentId: string; key: string }): Promise<{ turnId: string }> {
    const agent = await this.ports.agents.get(scope, input.agentId);
    if (agent.status === "halted" || agent.status === "archived")
      throw new DomainError("AGENT_HALTED", `${agent.config.name} is ${agent.status}: it decides nothing until it is resumed.`, { kind: "conflict" });
    const tickId = `m:${input.key}`;
    const trigger = { kind: "manual" as const, eventId: input.key, actorId: scope.actor.id };
    await this.ports.queue.requestTurn({ workspaceId: scope.workspaceId, agentId: agent.id, tickId, at: this.ports.clocks.market.now(), trigger });
    return { turnId: hashId("turn", agent.id, tickId) };
  }

  async kill(scope: TenantScope, input: { agentId: string; flatten: boolean }): Promise<{ status: AgentStatus; turnId: string | null }> {
    const { agentId, flatten } = input;
    const agent = await this.#standing(scope, agentId, flatten, () => this.#halt(scope, agentId, byPerson(flatten)));
    return { status: agent.status, turnId: await this.#stopTrading(scope, agent, input.flatten) };
  }

  /**
   * Stores a halt that holds in this process from now on. When it cannot be stored it goes on holding here, what is open is cancelled at the
   * venue as far as it answers, and storeHalts tries again. Throws HALT_NOT_STORED then, else what `store` throws.
   */
  async #standing<T>(scope: TenantScope, agentId: string | null, flatten: boolean, store: () => Promise<T>): Promise<T> {
    const { halts } = this.ports;
    const halt = { scope, agentId, flatten };
    halts?.stand({ ...halt, problem: halts.waiting(scope.workspaceId).find((h) => h.agentId === agentId)?.problem ?? null });
    try {
      const stored = await store();
      halts?.lift(scope.workspaceId, agentId);
      return stored;
    } catch (error) {
      if (!halts || isRefusal(error)) {
        halts?.lift(scope.workspaceId, agentId);
        throw error;
      }
      const problem = error instanceof DomainError ? error.message : "The database does not answer.";
      halts.stand({ ...halt, problem });
      await this.#cancelAtVenue(scope, agentId);
      throw new DomainError(
        "HALT_NOT_STORED",
        `Trading is halted in this process: it sends no order any more. The halt could not be stored yet, and is stored as soon as that works; should the process end before, halt again. ${problem}`,
        { kind: "unavailable", cause: error },
      );
    }
  }

  /** Best effort without the database's help beyond reading. */
  async #cancelAtVenue(scope: TenantScope, agentId: string | null): Promise<void> {
    const { agents, orders, exchange, clocks } = this.ports;
    const ignored: unknown[] = [];
    const concerned = await each([agentId], ignored, async (id) => (id === null ? await agents.list(scope) : [await agents.get(scope, id)]));
    await each(concerned.flat(), ignored, async (agent) => {
      const open = (await orders.live(agent.id)).filter((o) => o.status !== "intended");
      await each(open, ignored, (order) => exchange.cancel(agent.id, order.clientOrderId, clocks.market.now()));
    });
  }

  /** Tries to store the halts that could not be; each goes on with what else was asked for. Throws nothing: what fails is tried again. */
  async storeHalts(): Promise<void> {
    await each(this.ports.halts?.waiting() ?? [], [], async ({ scope, agentId, flatten }) => {
      if (agentId === null) await this.killWorkspace(scope, { flatten });
      else await this.kill(scope, { agentId, flatten });
    });
  }

  #halt(scope: TenantScope, agentId: string, reason: string): Promise<Agent> {
    return this.ports.agents.transition(scope, agentId, "halt", { reason, tradingState: "halted" });
  }

  /** Cancels what is open and, if told, sells what is held: in this very call, needing neither scheduler nor queue. */
  async #stopTrading(scope: TenantScope, agent: Agent, flatten: boolean, eventId: string = this.ports.ids.next()): Promise<string | null> {
    await this.#cancelOpenOrders(agent);
    if (!flatten) return null;
    // An order that another process is sending right now may become a position: the turn waits for its fate.
    const sending = (await this.ports.orders.live(agent.id)).some((o) => o.status === "sending");
    const holds = (await this.ports.orders.positions(agent.id)).some((p) => p.quantity > 0n);
    if (!holds && !sending) return null;
    const at = this.ports.clocks.market.now();
    const flattening = (id: string) =>
      this.ports.turns.run({
        workspaceId: agent.workspaceId,
        agentId: agent.id,
        tickId: `f:${id}`,
        at,
        trigger: { kind: "flatten", eventId: id, actorId: scope.actor.id },
      });
    const { turnId, phase } = await flattening(eventId);
    // Given up for another flattening that may itself have failed: what is held then is judged and sold by a turn of its own.
    return phase === "failed" ? (await flattening(this.ports.ids.next())).turnId : turnId;
  }

  async #cancelOpenOrders(agent: Agent): Promise<void> {
    const { orders, exchange, clocks } = this.ports;
    const at = clocks.market.now();
    for (const order of await orders.live(agent.id)) {
      if (order.status === "intended")
        await orders.finish(
          agent.workspaceId,
          agent,
          order,
          transitionOrder("intended", "cancel"),
          "Trading was halted before this order was sent.",
          at,
        );
      else await exchange.cancel(agent.id, order.clientOrderId, at);
    }
    await postNewFills(this.ports, agent);
    for (const order of await orders.live(agent.id)) {
      const venue = isTerminal(order.status) ? null : await exchange.find(agent.id, order.clientOrderId);
      if (venue) await follow(this.ports, agent, order, venue, at);
    }
  }

  killWorkspace(scope: TenantScope, input: { flatten: boolean }): Promise<{ halted: number; flattening: number }> {
    return this.#killAll(scope, input.flatten, byPerson(input.flatten));
  }

  async #killAll(scope: TenantScope, flatten: boolean, reason: string, key?: string): Promise<{ halted: number; flattening: number }> {
    // The workspace's own state first: from here on no order of any agent is sent, whatever happens below.
    await this.#standing(scope, null, flatten, () => this.ports.agents.setWorkspaceTrading(scope, "halted", reason));
    const agents = await this.ports.agents.list(scope);
    const failures: unknown[] = [];
    // Everybody is halted before anybody's venue is asked, and one that does not answer keeps no other from being stopped.
    const halted = await each(agents, failures, (agent) => this.#halt(scope, agent.id, reason));
    const flattened = await each(halted, failures, (agent) => this.#stopTrading(scope, agent, flatten, key));
    if (failures.length > 0) throw failures[0];
    return { halted: halted.length, flattening: flattened.filter((turnId) => turnId !== null).length };
  }

  async mitigate(scope: TenantScope, order: Parameters<Mitigation["mitigate"]>[1]): Promise<void> {
    const { agents } = this.ports;
    const { agentId, reason, key } = order;
    const step = order.steps.at(-1) ?? "alert";
    if (step === "alert") return;
    if (step === "reduce") return void (await agents.changeTrading(scope, agentId, { from: "active", to: "reducing", reason }));
    const flatten = step === "flatten";
    if (agentId === null) return void (await this.#killAll(scope, flatten, reason, key));
    if ((await agents.get(scope, agentId)).status === "archived") return;
    const halted = await this.#standing(scope, agentId, flatten, () => this.#halt(scope, agentId, reason));
    await this.#stopTrading(scope, halted, flatten, key);
  }

  async letTrade(scope: TenantScope, agentId: string | null): Promise<void> {
    const { agents } = this.ports;
    if (agentId === null) return this.resumeWorkspace(scope);
    const agent = await agents.get(scope, agentId);
    if (agent.status === "halted") await this.resume(scope, agentId);
    else await agents.changeTrading(scope, agentId, { from: "reducing", to: "active", reason: null });
  }

  async close(scope: TenantScope, agentId: string, recallId: string): Promise<boolean> {
    const { agents, orders, clocks } = this.ports;
    await agents.changeTrading(scope, agentId, { from: "active", to: "reducing", reason: recallReason(recallId) });
    const agent = await agents.get(scope, agentId);
    await syncAccount(this.ports, agent, clocks.market.now());
    for (let attempt = 0; attempt < MOST_SALES; attempt++) {
      const live = await orders.live(agentId);
      const holds = (await orders.positions(agentId)).some((p) => p.quantity > 0n);
      if (live.length === 0 && !holds) return true;
      // What is being sold is waited for; an order of its own would be in the way of it.
      if (live.length > 0 && live.every((o) => o.reduceOnly)) return false;
      await this.#stopTrading(scope, agent, true, hashId("recall", recallId, attempt));
    }
    return false;
  }

  async reopen(scope: TenantScope, agentId: string, recallId: string): Promise<void> {
    const agent = await this.ports.agents.get(scope, agentId);
    if (agent.statusReason === recallReason(recallId))
      await this.ports.agents.changeTrading(scope, agentId, { from: "reducing", to: "active", reason: null });
  }

  async resumeWorkspace(scope: TenantScope): Promise<void> {
    await this.ports.agents.setWorkspaceTrading(scope, "active", null);
    this.ports.halts?.lift(scope.workspaceId, null);
  }

  async #checked(scope: TenantScope, config: AgentConfig, treasury: TreasuryRef, feed: MarketFeed): Promise<AgentConfig> {
    const checked = validateConfig(config, feed, treasury.currency);
    if (checked.decider.kind === "model" && !(await this.ports.hasModelKey(scope)))
      throw new DomainError("MODEL_KEY_MISSING", "This model needs a key: paste one on the Models page first, or choose rules.", {
        field: "decider.model",
      });
    return checked;
  }
}

/** Sales that one recall makes at most in one go, when what is held was not sold whole. */
const MOST_SALES = 5;

const recallReason = (recallId: string): string => `Only reducing while its money is recalled (${recallId.slice(-8)})`;
/** The request itself was wrong: nothing is halted by it. Any other failure is one of storing. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DomainError && error.details.kind !== "unavailable" && error.details.kind !== "internal" && error.details.kind !== "limited";

const byPerson = (flatten: boolean): string => (flatten ? "Halted and flattened by a person" : "Halted by a person");

/** One after the other; what fails is put aside and the rest goes on. */
async function each<T, R>(items: readonly T[], failures: unknown[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    try {
      results.push(await run(item));
    } catch (error) {
      failures.push(error);
    }
  }
  return results;
}

/** A refusal of the amount names the form field that it came from. */
async function naming<T>(field: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof DomainError) || error.details.field !== "amount") throw error;
    throw new DomainError(error.code, error.message, { ...error.details, field });
  }
}

function sameTrigger(a: AgentConfig["trigger"], b: AgentConfig["trigger"]): boolean {
  return a.kind === "interval" ? b.kind === "interval" && a.interval === b.interval : a.kind === b.kind;
}
