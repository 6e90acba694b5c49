import { holdDraft } from "@/server/ledger";
import { type BudgetRepository, callWithBudget, type ModelClient } from "@/server/llm";
import { INTERVAL_MS, type MarketFeed, type MarketFeeds } from "@/server/market";
import { parseLimits, reserveForBuy } from "@/server/risk";
import { type Clocks, canonicalJson, DAY_MS, DomainError, fixed, hashId, mul, type TenantScope, toText, ZERO } from "@/server/shared";
import type { ExchangeClient, OrderIntent } from "@/server/trading";
import { ticksBetween } from "../../missed-ticks";
import type { TurnRequest, TurnRunner } from "../../service-types";
import type { StandingHalts } from "../../standing-halts";
import type { Agent } from "../../types";
import type { RecordedReply, StepResult, TurnCode, TurnEffect, TurnInputs, TurnRecord } from "../core-types";
import { neededFigures } from "../needed-figures";
import { recordReply } from "../record-reply";
import { farmLimits, recordFigures, recordLimits } from "../risk-figures";
import { initialState, recordOf, step } from "../step";
import type { TurnPhase } from "../types";
import { executeOrders, resolveSending } from "./execute-orders";
import { type LoadedInputs, loadInputs } from "./load-inputs";
import { PhaseTimer } from "./phase-timer";
import type { BookAnswers, ClaimResult, CommitRecheck, CrashPoints, DueTurn, OrderRow, OrderStore, TurnLease, TurnStore } from "./ports";
import { settleTurn, settleWithoutOrders } from "./settle-turn";
import { summaryOf } from "./summary";
import { syncAccount } from "./sync-account";
import { type TurnObserver, type TurnWatch, UNOBSERVED } from "./turn-observer";

export type TurnRunnerPorts = {
  readonly turns: TurnStore;
  readonly orders: OrderStore;
  readonly feed: MarketFeed;
  /** Prices by workspace; without it every workspace trades on `feed`. */
  readonly feeds?: MarketFeeds;
  readonly exchange: ExchangeClient;
  readonly budget: BudgetRepository;
  readonly model: ModelClient;
  readonly clocks: Clocks;
  readonly code: TurnCode;
  readonly points: CrashPoints;
  readonly sleep: (ms: number) => Promise<void>;
  /** Halts of this process that may not be stored yet: no order is sent against them. */
  readonly halts?: StandingHalts;
  /** The product's own scope in a workspace. */
  readonly scopeOf: (workspaceId: string) => TenantScope;
  /** Wall time (ms) after which a schedule tick of this market time may no longer begin; `intervalMs` = market time to the next. */
  readonly latestStart: (tickAt: number, intervalMs: number) => number;
  /** This process, for leases. */
  readonly owner: string;
  /** Default: nobody watches. */
  readonly observer?: TurnObserver;
};

export const LEASE_MS = 60_000;
const MODEL_TIMEOUT_MS = 90_000;
/** No call can still be answered this long after it was reserved (wall ms). */
const CALL_LOST_AFTER_MS = 10 * 60_000;
/** How often a turn decides before it gives way to the other agents of its workspace. */
const MAX_ROUNDS = 3;
/** Turns that are read, and those without orders settled, in one statement. */
const SETTLED_AT_ONCE = 200;
type TurnEnd = Awaited<ReturnType<TurnRunner["run"]>>;
type Committed = { readonly settleAt: number; readonly orders: readonly OrderRow[] };
const RESUMABLE: readonly TurnPhase[] = ["claimed", "context", "decided", "judged", "intended", "executing"];

/** The async shell around the pure core: loads what the core reads, carries out what it asks for, and stores each phase before the next. */
export class LiveTurnRunner implements TurnRunner {
  constructor(private readonly ports: TurnRunnerPorts) {}

  run(request: TurnRequest): Promise<TurnEnd> {
    const turnId = hashId("turn", request.agentId, request.tickId);
    return (this.ports.observer ?? UNOBSERVED).turn({ agentId: request.agentId, turnId, part: "decision" }, (watch) =>
      this.#run(request, turnId, watch),
    );
  }

  async #run(request: TurnRequest, turnId: string, watch: TurnWatch): Promise<TurnEnd> {
    const { turns, owner, code, points } = this.ports;
    watch.enter("claim");
    const claim = await turns.claim(request, {
      owner,
      leaseMs: LEASE_MS + MODEL_TIMEOUT_MS,
      build: code.build,
      late: (agent) => this.#isLate(agent, request),
      passedOver: (agent) => (request.trigger.kind === "schedule" ? ticksBetween(agent.lastTickAt, request.at, intervalOf(agent)) : null),
    });
    if (claim.kind === "busy") throw new DomainError("AGENT_BUSY", "this agent is at another decision", { kind: "conflict", retryAfterMs: 2000 });
    if (claim.kind === "unwanted") return { turnId, phase: "skipped", settleAt: null };
    if (claim.kind === "done") return { turnId, phase: claim.phase, settleAt: claim.settleAt };
    await points.hit("after-claim");
    return this.#advance(claim, request, watch);
  }

  /** A schedule tick may begin within a minute of wall time, and before the next tick. */
  #isLate(agent: Agent, request: TurnRequest): boolean {
    if (request.trigger.kind !== "schedule") return false;
    return this.ports.clocks.wall.now() > this.ports.latestStart(request.at, intervalOf(agent));
  }

  async #advance(claim: Extract<ClaimResult, { kind: "claimed" }>, request: TurnRequest, watch: TurnWatch): Promise<TurnEnd> {
    const { lease, agent } = claim;
    const timer = new PhaseTimer(this.ports.clocks.wall);
    if (!RESUMABLE.includes(claim.phase)) return { turnId: lease.turnId, phase: claim.phase, settleAt: claim.settleAt };
    let settleAt = claim.settleAt;
    let orders: readonly OrderRow[] | null = null;
    if (claim.phase === "claimed" || claim.phase === "context") {
      const decided = await this.#decide(claim, request, timer, watch);
      if (decided === null) return { turnId: lease.turnId, phase: "failed", settleAt: null };
      ({ settleAt, orders } = decided);
      // Committed as executing already: there is nothing to send.
      if (orders.length === 0) return { turnId: lease.turnId, phase: "executing", settleAt };
    }
    orders ??= await this.ports.orders.ofTurn(lease.turnId);
    watch.enter("execute");
    if (orders.length > 0) await timer.measure("executing", () => this.#execute(lease, agent, orders, request.at));
    await this.ports.turns.setPhase(lease, "executing", null, timer.timings);
    return { turnId: lease.turnId, phase: "executing", settleAt };
  }

  /** claimed or context → intended. Null when the turn had to be given up (its reason is stored). */
  async #decide(
    claim: Extract<ClaimResult, { kind: "claimed" }>,
    request: TurnRequest,
    timer: PhaseTimer,
    watch: TurnWatch,
  ): Promise<Committed | null> {
    for (let round = 1; ; round++) {
      try {
        return await this.#decideOnce(claim, request, timer, watch);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "LIMITS_CHANGED") throw error;
        // Rules are asked again with the books as they are now. A model was paid for its answer to the question as it was: no second one.
        if (round < MAX_ROUNDS && claim.agent.config.decider.kind === "rules") continue;
        await this.ports.turns.setPhase(claim.lease, "failed", `No order: ${error.message}`, timer.timings);
        return null;
      }
    }
  }

  async #decideOnce(
    claim: Extract<ClaimResult, { kind: "claimed" }>,
    request: TurnRequest,
    timer: PhaseTimer,
    watch: TurnWatch,
  ): Promise<Committed | null> {
    const { lease, agent } = claim;
    const { turns, points } = this.ports;
    const code = announcing(this.ports.code, watch);
    watch.enter("context");
    let loaded: LoadedInputs;
    let result: StepResult;
    let replies: readonly RecordedReply[] = [];
    try {
      loaded = await timer.measure("context", () => this.#load(agent, request, lease));
      if (claim.phase === "context") {
        // The context was frozen before the crash: it is that one that counts, and what was asked is not asked again.
        const stored = await turns.loadStored(lease.turnId);
        if (stored.inputs) loaded = { ...loaded, inputs: stored.inputs };
        replies = stored.replies;
      }
      watch.enter("decide");
      result = step(initialState, { type: "inputs-loaded", inputs: loaded.inputs }, code);
    } catch (error) {
      if (!(error instanceof DomainError) || error.details.kind === "internal" || error.code === "LEASE_LOST") throw error;
      await turns.setPhase(lease, "failed", `No decision: ${error.message}`, timer.timings);
      return null;
    }
    if (askOf(result)) {
      await turns.saveContext(lease, loaded.inputs, result.state.stages);
      await points.hit("after-context");
      result = await timer.measure("decided", () => this.#ask(lease, agent, code, result, replies));
    }
    const commit = result.effects.find((e): e is Extract<TurnEffect, { type: "commit-intents" }> => e.type === "commit-intents");
    if (!commit) throw new DomainError("TURN_STUCK", "the core asked for nothing", { kind: "internal" });
    watch.enter("intend");
    await points.hit("before-commit");
    const record = recordOf(result.state);
    const settleAt = request.at + agent.config.settleAfterMs;
    const orders = await timer.measure("judged", (soFar) =>
      turns.commitIntents(lease, {
        record,
        decision: record.decision,
        fallbackReason: record.fallbackReason,
        verdict: record.verdict,
        orders: record.intents.map((intent, leg) => ({ intent, leg, ...holdFor(agent, intent, loaded.inputs, request) })),
        summary: summaryOf(record.decision, record.verdict),
        settleAt,
        equity: fixed(loaded.inputs.account.equity),
        holdEquity: loaded.holdEquity,
        cash: fixed(loaded.inputs.account.cash),
        benchmark: loaded.benchmark,
        timings: soFar(),
        recheck: recheckOf(agent, record, this.ports.code, this.ports.clocks.market.now()),
      }),
    );
    await points.hit("after-commit");
    return { settleAt, orders };
  }

  async #load(agent: Agent, request: TurnRequest, lease: TurnLease): Promise<LoadedInputs> {
    if (request.trigger.kind === "flatten") await resolveSending(this.ports, agent, request.at);
    await syncAccount(this.ports, agent, request.at);
    const books = await this.ports.turns.books(agent, request.at, Math.max(request.at, this.ports.clocks.market.now()));
    return loadInputs({ ...this.ports, feed: await this.#feed(agent.workspaceId) }, agent, request, lease.turnId, books);
  }

  async #execute(lease: TurnLease, agent: Agent, orders: readonly OrderRow[], at: number): Promise<void> {
    await executeOrders({ ...this.ports, feed: await this.#feed(agent.workspaceId) }, lease, agent, orders, at);
  }

  #feed(workspaceId: string): Promise<MarketFeed> {
    return this.ports.feeds?.of(workspaceId) ?? Promise.resolve(this.ports.feed);
  }

  /** Asks until the core has a decision. Each answer is stored before it is read; a call whose answer was lost counts as failed. */
  async #ask(lease: TurnLease, agent: Agent, code: TurnCode, first: StepResult, stored: readonly RecordedReply[]): Promise<StepResult> {
    const { turns, points } = this.ports;
    const replies: RecordedReply[] = [];
    let result = first;
    for (let ask = askOf(result); ask; ask = askOf(result)) {
      const key = `turn:${lease.turnId}:${ask.attempt}`;
      let reply = stored[replies.length];
      if (!reply) {
        let cost = ZERO;
        if (await turns.modelCallMade(lease.workspaceId, key)) {
          reply = {
            ok: false,
            code: "MODEL_ANSWER_LOST",
            message: "the answer was lost when the process stopped; a model is never asked twice for one decision",
          };
          // It may have been billed: nothing of it stays reserved, all of it counts as spent.
          cost = (await this.ports.budget.settleLost(this.ports.scopeOf(lease.workspaceId), key)) ?? ZERO;
        } else {
          await points.hit("before-model");
          const scope = this.ports.scopeOf(lease.workspaceId);
          const answer = await callWithBudget(
            { budget: this.ports.budget, model: this.ports.model, wall: this.ports.clocks.wall },
            scope,
            { key, agentId: agent.id, request: ask.request },
            AbortSignal.timeout(MODEL_TIMEOUT_MS),
          );
          reply = recordReply(answer);
          cost = answer.cost;
        }
        replies.push(reply);
        await turns.saveReplies(lease, replies, result.state.stages.find((s) => s.stage === "prompt") ?? null, cost);
        await points.hit("after-model");
      } else replies.push(reply);
      result = step(result.state, { type: "model-replied", reply }, code);
    }
    return result;
  }

  /** Settles one turn when it is due; returns the phase it is in afterwards. */
  async settle(workspaceId: string, turnId: string): Promise<{ phase: string }> {
    return settleTurn({ ...this.ports, feed: await this.#feed(workspaceId) }, workspaceId, turnId);
  }

  async settleDue(): Promise<{ settled: number }> {
    const { turns, clocks, points, observer } = this.ports;
    const watched = observer ? { observer } : {};
    const feeds = new Map<string, MarketFeed>();
    const marketNow = clocks.market.now();
    const failures: unknown[] = [];
    let settled = 0;
    let after: DueTurn | null = null;
    do {
      const page: readonly DueTurn[] = await turns.dueToSettle({ marketNow, limit: SETTLED_AT_ONCE, after });
      for (const { workspaceId } of page) if (!feeds.has(workspaceId)) feeds.set(workspaceId, await this.#feed(workspaceId));
      const held = await settleWithoutOrders(
        { turns, clocks, points, feeds, ...watched },
        page.filter((d) => !d.hasOrders),
      );
      settled += held.settled;
      failures.push(...held.failures);
      for (const { workspaceId, turnId } of page.filter((d) => d.hasOrders)) {
        try {
          if ((await this.settle(workspaceId, turnId)).phase === "settled") settled += 1;
        } catch (error) {
          failures.push(error);
        }
      }
      after = page.length === SETTLED_AT_ONCE ? (page.at(-1) ?? null) : null;
    } while (after);
    // What could be settled is: the failure of one is shown all the same, and it is tried again.
    if (failures.length > 0) throw failures[0];
    return { settled };
  }

  async abandoned(limit: number): Promise<readonly TurnRequest[]> {
    const { turns, clocks, budget } = this.ports;
    // Of turns that nobody resumes, such as those a halt gave up. One that is resumed has ended its own by then.
    await budget.settleAbandoned(clocks.wall.now() - CALL_LOST_AFTER_MS, limit);
    return turns.abandoned({ limit });
  }
}

/** The same code; the core judges in the middle of a synchronous step, so the phase is announced from within. */
const announcing = (code: TurnCode, watch: TurnWatch): TurnCode => ({
  ...code,
  judge: (inputs, decision) => {
    watch.enter("judge");
    return code.judge(inputs, decision);
  },
});

const askOf = (result: StepResult) => result.effects.find((e): e is Extract<TurnEffect, { type: "ask-model" }> => e.type === "ask-model");

/** Judges once more, by the limits and by what the other agents have done up to the commit. Null when there is nothing to buy. */
function recheckOf(agent: Agent, { inputs, intents, decision, verdict }: TurnRecord, code: TurnCode, marketNow: number): CommitRecheck | null {
  if (!intents.some((o) => o.side === "buy")) return null;
  const own = parseLimits(inputs.agent.limits);
  const { farm, outerFarms = [] } = inputs.figures ?? {};
  const frozen = [...(farm ? [farm, ...outerFarms] : []).map((f) => f.limits), inputs.workspace.limits];
  const judgedBy = neededFigures(
    own,
    frozen.map((l) => parseLimits(l)),
    [],
  );
  const allows = (books: BookAnswers): boolean => {
    const need = neededFigures(own, [...farmLimits(books.figures), books.workspace.limits], []);
    // The book was not looked at, and is not to be under the lock: what nobody has measured is not allowed.
    if (need.depth && !judgedBy.depth) return false;
    const workspaceNotional = Object.fromEntries(
      Object.keys(inputs.risk.workspaceNotional).map((s) => [
        s,
        toText(mul(books.workspaceQuantities[s] ?? ZERO, fixed(inputs.prices[s]?.price ?? "0"), "half-even")),
      ]),
    );
    const workspace = { limits: recordLimits(books.workspace.limits), tradingState: books.workspace.tradingState };
    const workspaceDayPnl = toText(books.workspaceDayPnl);
    const risk = { ...inputs.risk, workspaceDayPnl, workspaceOrdersLastHour: books.workspaceOrdersLastHour, workspaceNotional };
    const figures = recordFigures({ ...books, at: inputs.at }, fixed(inputs.account.equity), need);
    const now = { ...inputs, workspace, risk, ...(figures && { figures: { ...inputs.figures, ...figures } }) };
    return fixed(code.judge(now, decision).allowedQuantity) >= fixed(verdict.allowedQuantity);
  };
  return {
    agent,
    until: Math.max(inputs.at, marketNow),
    asked: judgedBy.shared,
    isAskedBy: (above) => neededFigures(own, above, []).shared || canonicalJson(above.map(recordLimits)) !== canonicalJson(frozen),
    allows,
  };
}

/** Cash set aside for a buy until its order ends: the worst it can cost. Sells need none. */
function holdFor(agent: Agent, intent: OrderIntent, inputs: TurnInputs, request: TurnRequest) {
  const heldCurrency = agent.baseCurrency;
  const instrument = inputs.instruments[intent.symbol];
  const last = inputs.prices[intent.symbol]?.price;
  if (intent.side === "sell" || !instrument || !last) return { hold: null, heldAmount: ZERO, heldCurrency };
  const heldAmount = reserveForBuy({
    type: intent.type,
    quantity: intent.quantity,
    limitPrice: intent.limitPrice,
    lastPrice: fixed(last),
    takerFee: fixed(instrument.takerFee),
  });
  const hold = holdDraft({
    key: `hold:${intent.clientOrderId}`,
    nodeId: agent.nodeId,
    currency: heldCurrency,
    amount: heldAmount,
    at: request.at,
    orderId: intent.clientOrderId,
    turnId: inputs.turnId,
  });
  return { hold, heldAmount, heldCurrency };
}

/** Ms between the agent's ticks; a day when only asked. */
const intervalOf = ({ config: { trigger } }: Agent): number => (trigger.kind === "interval" ? INTERVAL_MS[trigger.interval] : DAY_MS);
