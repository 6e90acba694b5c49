import type {
  Agent,
  BookAnswers,
  ClaimOptions,
  ClaimResult,
  DueTurn,
  IntentCommit,
  OrderRow,
  RecordedReply,
  SettlementBasis,
  StageRecord,
  StoredTurn,
  Timing,
  TurnInputs,
  TurnLease,
  TurnPhase,
  TurnRequest,
  TurnStore,
} from "@/server/agents";
import { DomainError, type Fixed, hashId, ZERO } from "@/server/shared";
import type { MemoryBooks, StoredOrder, TurnRow } from "./memory-books";

const DONE: readonly TurnPhase[] = ["settled", "skipped", "failed"];
const LIVE: readonly TurnPhase[] = ["claimed", "context", "decided", "judged", "intended"];

/** Turns in memory, by the rules of the stored ones: every method is one transaction. */
export class MemoryTurnStore implements TurnStore {
  constructor(protected readonly state: MemoryBooks) {}

  async claim(request: TurnRequest, options: ClaimOptions): Promise<ClaimResult> {
    const agent = this.state.agents.get(request.agentId);
    if (!agent) return { kind: "unwanted", reason: "the agent does not exist" };
    const id = hashId("turn", request.agentId, request.tickId);
    const own = this.state.turns.get(id);
    const leased = (t: TurnRow): boolean => t.leaseUntil !== null && t.leaseUntil > this.state.clock();
    const others = [...this.state.turns.values()].filter((t) => t.agentId === agent.id && t.id !== id && LIVE.includes(t.phase));
    if (own && DONE.includes(own.phase)) return { kind: "done", phase: own.phase, settleAt: own.settleAt };
    if (own ? leased(own) && own.leaseOwner !== options.owner : others.some(leased) && request.trigger.kind !== "flatten") return { kind: "busy" };
    const leaseUntil = this.state.clock() + options.leaseMs;
    if (own) {
      Object.assign(own, { fence: own.fence + 1, leaseOwner: options.owner, leaseUntil });
      return { kind: "claimed", lease: this.#lease(own), phase: own.phase, agent, settleAt: own.settleAt };
    }
    if (request.trigger.kind === "flatten") this.#giveUp(others);
    if (this.#unwanted(agent, request, options.late(agent))) return { kind: "unwanted", reason: "not wanted" };
    this.#giveUp(others);
    options.passedOver(agent);
    const turn: TurnRow = {
      ...request,
      id,
      phase: "claimed",
      fence: 1,
      leaseOwner: options.owner,
      leaseUntil,
      settleAt: null,
      symbol: null,
      inputs: null,
      replies: [],
    };
    this.state.turns.set(id, turn);
    this.state.notePhase(turn, "claimed");
    if (request.trigger.kind === "schedule") this.state.agents.set(agent.id, { ...agent, lastTickAt: request.at });
    return { kind: "claimed", lease: this.#lease(turn), phase: "claimed", agent, settleAt: null };
  }

  /** Those that have committed nothing yet. */
  #giveUp(turns: readonly TurnRow[]): void {
    for (const t of turns) {
      if (t.phase === "intended" || t.phase === "failed") continue;
      this.state.notePhase(t, "failed");
      Object.assign(t, { fence: t.fence + 1, leaseUntil: null });
    }
  }

  #unwanted(agent: Agent, { trigger, at }: TurnRequest, late: boolean): boolean {
    if (agent.status === "archived") return true;
    if (trigger.kind === "flatten") return false;
    if (agent.status === "halted") return true;
    if (trigger.kind !== "schedule") return false;
    return agent.status !== "running" || late || (agent.lastTickAt !== null && at <= agent.lastTickAt);
  }

  async books(agent: Agent, at: number, until = at): Promise<BookAnswers> {
    return this.state.answers(agent, at, until);
  }

  async saveContext(lease: TurnLease, inputs: TurnInputs, _stages: readonly StageRecord[]): Promise<void> {
    const turn = this.fenced(lease);
    turn.inputs = inputs;
    this.state.notePhase(turn, "context");
  }

  async saveReplies(lease: TurnLease, replies: readonly RecordedReply[], _prompts: StageRecord | null, _cost: Fixed): Promise<void> {
    this.fenced(lease).replies = [...replies];
  }

  async modelCallMade(_workspaceId: string, key: string): Promise<boolean> {
    return this.state.budget.has(key);
  }

  async commitIntents(lease: TurnLease, commit: IntentCommit): Promise<readonly OrderRow[]> {
    const { inputs } = commit.record;
    const { recheck } = commit;
    const asked = recheck !== null && (recheck.asked || recheck.isAskedBy([this.state.workspace.limits]));
    if (asked && !this.stillAllows(recheck, inputs.at))
      throw new DomainError(
        "LIMITS_CHANGED",
        "the limits above the agent allow less than when it decided: they were changed, or others have used them",
        { kind: "conflict" },
      );
    const turn = this.fenced(lease);
    const orders = commit.orders.map(
      ({ intent, leg, heldAmount, heldCurrency }): StoredOrder => ({
        ...intent,
        id: intent.clientOrderId,
        workspaceId: lease.workspaceId,
        agentId: lease.agentId,
        turnId: lease.turnId,
        leg,
        status: "intended",
        filledQuantity: ZERO,
        filledNotional: ZERO,
        reason: null,
        createdAt: inputs.at,
        heldAmount,
        heldCurrency,
        sentAt: null,
      }),
    );
    for (const o of orders) if (this.state.orders.has(o.id)) throw new Error(`the order ${o.id} is there already`);
    // A refused hold undoes all of it: holds are one leg each, so the first that fails is the only one that was tried.
    for (const { hold } of commit.orders) if (hold) this.state.ledger.postNow(lease.workspaceId, hold);
    for (const o of orders) this.state.orders.set(o.id, o);
    Object.assign(turn, { inputs, settleAt: commit.settleAt, symbol: commit.decision.symbol });
    if (commit.record.replies.length > 0) turn.replies = commit.record.replies;
    this.state.notePhase(turn, "intended");
    if (orders.length === 0) {
      turn.leaseUntil = null;
      this.state.notePhase(turn, "executing");
    }
    this.state.equity.push({ agentId: lease.agentId, at: inputs.at, equity: commit.equity });
    if (commit.benchmark && !this.state.benchmarks.has(lease.agentId)) this.state.benchmarks.set(lease.agentId, commit.benchmark);
    return orders;
  }

  async loadStored(turnId: string): Promise<{ inputs: TurnInputs | null; replies: readonly RecordedReply[] }> {
    const turn = this.state.turns.get(turnId);
    return { inputs: turn?.inputs ?? null, replies: turn?.replies ?? [] };
  }

  async settlementBases(turnIds: readonly string[]): Promise<ReadonlyMap<string, SettlementBasis>> {
    return new Map(
      turnIds.flatMap((id) => {
        const inputs = this.state.turns.get(id)?.inputs;
        return inputs ? [[id, { account: inputs.account, prices: inputs.prices }] as const] : [];
      }),
    );
  }

  async setPhase(lease: TurnLease, phase: TurnPhase, _reason: string | null, _timings: readonly Timing[]): Promise<void> {
    const turn = this.fenced(lease);
    turn.leaseUntil = null;
    this.state.notePhase(turn, phase);
  }

  async settle(outcomes: Parameters<TurnStore["settle"]>[0], _wallNow: number): Promise<number> {
    const turns = outcomes.flatMap(({ turnId }) => this.state.turns.get(turnId) ?? []).filter((t) => t.phase === "executing");
    for (const turn of turns) {
      turn.fence += 1;
      this.state.notePhase(turn, "settled");
    }
    return turns.length;
  }

  async find(workspaceId: string, turnId: string): Promise<StoredTurn | null> {
    const turn = this.state.turns.get(turnId);
    if (!turn || turn.workspaceId !== workspaceId) return null;
    const orders = this.#ofTurn(turnId);
    const fills = orders.flatMap((o) => this.state.fills.filter((f) => f.orderId === o.id));
    return { id: turn.id, agentId: turn.agentId, phase: turn.phase, at: turn.at, settleAt: turn.settleAt, symbol: turn.symbol, orders, fills };
  }

  async agentOf(workspaceId: string, agentId: string): Promise<Agent | null> {
    const agent = this.state.agents.get(agentId);
    return agent?.workspaceId === workspaceId ? agent : null;
  }

  async dueToSettle({ marketNow, limit, after }: Parameters<TurnStore["dueToSettle"]>[0]): Promise<readonly DueTurn[]> {
    const due = [...this.state.turns.values()].flatMap((t) =>
      t.phase === "executing" && t.settleAt !== null && t.settleAt <= marketNow
        ? [{ workspaceId: t.workspaceId, agentId: t.agentId, turnId: t.id, settleAt: t.settleAt, hasOrders: this.#ofTurn(t.id).length > 0 }]
        : [],
    );
    const order = (a: DueTurn, b: DueTurn) => a.settleAt - b.settleAt || (a.turnId < b.turnId ? -1 : 1);
    return due
      .filter((d) => after === null || (d.turnId !== after.turnId && order(after, d) < 0))
      .sort(order)
      .slice(0, limit);
  }

  async abandoned({ limit }: { readonly limit: number }): Promise<readonly TurnRequest[]> {
    const stuck = [...this.state.turns.values()].filter((t) => LIVE.includes(t.phase) && t.leaseUntil !== null && t.leaseUntil < this.state.clock());
    return stuck
      .sort((a, b) => a.at - b.at)
      .slice(0, limit)
      .map(({ workspaceId, agentId, tickId, at, trigger }) => ({ workspaceId, agentId, tickId, at, trigger }));
  }

  /** The turn under the lease's fence. Throws LEASE_LOST. */
  protected fenced(lease: TurnLease): TurnRow {
    const turn = this.state.turns.get(lease.turnId);
    if (turn?.fence !== lease.fence) throw new DomainError("LEASE_LOST", "another process took this turn over", { kind: "conflict" });
    return turn;
  }

  protected stillAllows(recheck: NonNullable<IntentCommit["recheck"]>, at: number): boolean {
    return recheck.allows(this.state.answers(recheck.agent, at, recheck.until));
  }

  #ofTurn(turnId: string): StoredOrder[] {
    return [...this.state.orders.values()].filter((o) => o.turnId === turnId).sort((a, b) => a.leg - b.leg);
  }

  #lease(turn: TurnRow): TurnLease {
    return { workspaceId: turn.workspaceId, agentId: turn.agentId, turnId: turn.id, fence: turn.fence };
  }
}
