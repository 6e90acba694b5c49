import type { Agent, Benchmark, BookAnswers, OrderRow, RecordedReply, TurnInputs, TurnPhase, TurnRequest } from "@/server/agents";
import { InMemoryLedger } from "@/server/ledger";
import { type Limits, protectionReach, type TradingState } from "@/server/risk";
import { add, type Fixed, HOUR_MS, sub, utcDayStart, ZERO } from "@/server/shared";
import { type Execution, isTerminal, type Position } from "@/server/trading";
import { MemoryBudget } from "../memory-budget";

export type TurnRow = TurnRequest & {
  readonly id: string;
  phase: TurnPhase;
  fence: number;
  leaseOwner: string;
  leaseUntil: number | null;
  settleAt: number | null;
  symbol: string | null;
  inputs: TurnInputs | null;
  replies: readonly RecordedReply[];
};
export type StoredOrder = OrderRow & { readonly workspaceId: string; readonly leg: number };
export type FillRow = Execution & { readonly id: string; readonly agentId: string; readonly orderId: string };
export type StoredWorkspace = {
  readonly id: string;
  readonly treasuryNodeId: string;
  limits: Limits;
  tradingState: TradingState;
  readonly dailyModelCap: Fixed;
};

/** What the database holds of one workspace, in memory. Whoever changes it does so in one go: nothing awaits in the middle. */
export class MemoryBooks {
  readonly agents = new Map<string, Agent>();
  readonly benchmarks = new Map<string, Benchmark>();
  readonly turns = new Map<string, TurnRow>();
  readonly orders = new Map<string, StoredOrder>();
  readonly positions = new Map<string, Position>();
  readonly equity: { readonly agentId: string; readonly at: number; readonly equity: Fixed }[] = [];
  readonly ledger = new InMemoryLedger();
  readonly budget: MemoryBudget;
  fills: FillRow[] = [];
  /** The database's own clock (wall ms), by which leases go. */
  clock: () => number = () => 0;
  /** Every phase each turn was ever in, in order: what the monotony of phases is checked on. */
  readonly phases = new Map<string, TurnPhase[]>();

  constructor(readonly workspace: StoredWorkspace) {
    this.budget = new MemoryBudget({ workspace: workspace.dailyModelCap, agent: workspace.dailyModelCap });
  }

  notePhase(turn: TurnRow, phase: TurnPhase): void {
    turn.phase = phase;
    this.phases.set(turn.id, [...(this.phases.get(turn.id) ?? []), phase]);
  }

  ordersOf(agentId: string): StoredOrder[] {
    return [...this.orders.values()].filter((o) => o.agentId === agentId).sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  liveOf(agentId: string): StoredOrder[] {
    return this.ordersOf(agentId).filter((o) => !isTerminal(o.status));
  }

  cursorOf(agentId: string): number {
    return Math.max(0, ...this.fills.filter((f) => f.agentId === agentId).map((f) => f.sequence));
  }

  positionsOf(agentId: string): Position[] {
    return [...this.positions]
      .filter(([key]) => key.startsWith(`${agentId}|`))
      .map(([, p]) => p)
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  isActive(agentId: string): boolean {
    return this.agents.get(agentId)?.tradingState === "active" && this.workspace.tradingState === "active";
  }

  /** As the stored books answer: see load-books of the database adapters. */
  answers(agent: Agent, at: number, until = at): BookAnswers {
    const day = utcDayStart(at);
    const cash = this.ledger.balance(agent.workspaceId, { nodeId: agent.nodeId, kind: "cash", currency: agent.baseCurrency });
    const held = this.ledger.balance(agent.workspaceId, { nodeId: agent.nodeId, kind: "hold", currency: agent.baseCurrency });
    const flows = this.#flowsOf(agent);
    const lastHour = [...this.orders.values()].filter((o) => o.createdAt > at - HOUR_MS);
    const quantities: Record<string, Fixed> = {};
    const count = (symbol: string, quantity: Fixed): void => {
      quantities[symbol] = add(quantities[symbol] ?? ZERO, quantity);
    };
    for (const id of this.agents.keys()) {
      for (const p of this.positionsOf(id)) if (p.quantity > 0n) count(p.symbol, p.quantity);
      if (id !== agent.id) for (const o of this.liveOf(id)) if (o.side === "buy") count(o.symbol, sub(o.quantity, o.filledQuantity));
    }
    let workspaceDayPnl = ZERO;
    for (const [id, other] of this.agents) {
      const now = this.#pointsOf(id, (t) => t <= until).at(-1);
      const since = this.#pointsOf(id, (t) => t < day).at(-1) ?? this.#pointsOf(id, (t) => t >= day)[0];
      if (!now || !since) continue;
      const within = total(this.#flowsOf(other).filter((f) => f.at > since.at && f.at <= now.at));
      workspaceDayPnl = add(workspaceDayPnl, sub(sub(now.equity, since.equity), within));
    }
    return {
      cash,
      held,
      positions: this.positionsOf(agent.id),
      openOrders: this.liveOf(agent.id).map((o) => ({
        clientOrderId: o.id,
        symbol: o.symbol,
        side: o.side,
        type: o.type,
        quantity: o.quantity,
        filledQuantity: o.filledQuantity,
        limitPrice: o.limitPrice,
      })),
      workspace: { limits: this.workspace.limits, tradingState: this.workspace.tradingState, dailyModelCap: this.workspace.dailyModelCap },
      dayOpen: this.#pointsOf(agent.id, (t) => t < day).at(-1)?.equity ?? null,
      flowsToday: total(flows.filter((f) => f.at >= day)),
      flowsTotal: total(flows),
      ordersLastHour: lastHour.filter((o) => o.agentId === agent.id).length,
      workspaceOrdersLastHour: lastHour.length,
      workspaceDayPnl,
      goals: null,
      workspaceQuantities: quantities,
      benchmark: this.benchmarks.get(agent.id) ?? null,
      figures: this.#figures(agent, at, until),
    };
  }

  #figures(agent: Agent, at: number, until: number): BookAnswers["figures"] {
    const lastMinute = [...this.orders.values()].filter((o) => o.createdAt > at - 60_000);
    const others = [...this.agents.values()].filter((a) => a.id !== agent.id).map((a) => this.#worthOf(a, until));
    const windows = [agent.config.limits, this.workspace.limits].map((l) => (l.duplicateWindowSeconds ?? 0) * 1000);
    const since = at - Math.max(...windows);
    return {
      ordersLastMinute: lastMinute.filter((o) => o.agentId === agent.id).length,
      workspaceOrdersLastMinute: lastMinute.length,
      othersEquity: others.reduce<Fixed>((s, x) => add(s, x), ZERO),
      farm: null,
      recentOrders: [...this.orders.values()]
        .filter((o) => since < at && o.createdAt > since)
        .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
        .map(({ symbol, side, quantity, limitPrice, createdAt, agentId }) => ({
          ...{ symbol, side, quantity, limitPrice, at: createdAt },
          levels: agentId === agent.id ? ["agent", "workspace"] : ["workspace"],
        })),
      closedTrades: { fills: this.#tradesOf(agent, at) },
    };
  }

  /** Equity at the last decision, and what was moved since; who has never decided has never traded, and its cash is what it is worth. */
  #worthOf(agent: Agent, at: number): Fixed {
    const decided = this.#pointsOf(agent.id, (t) => t <= at).at(-1);
    if (decided) return add(decided.equity, total(this.#flowsOf(agent).filter((f) => f.at > decided.at)));
    const balance = (kind: "cash" | "hold") => this.ledger.balance(agent.workspaceId, { nodeId: agent.nodeId, kind, currency: agent.baseCurrency });
    return add(balance("cash"), balance("hold"));
  }

  /** Fills of each symbol since nothing of it was held before the protections' reach; none when there are no protections. */
  #tradesOf(agent: Agent, at: number): FillRow[] {
    const reach = protectionReach(agent.config.protections ?? []);
    if (reach === 0) return [];
    const own = this.fills.filter((f) => f.agentId === agent.id).sort((a, b) => a.sequence - b.sequence);
    const [after, flat] = [new Map<string, Fixed>(), new Map<string, number>()];
    for (const f of own) {
      const left = f.side === "buy" ? add(after.get(f.symbol) ?? ZERO, f.quantity) : sub(after.get(f.symbol) ?? ZERO, f.quantity);
      after.set(f.symbol, left);
      if (left === ZERO && f.at <= at - reach) flat.set(f.symbol, f.sequence);
    }
    return own.filter((f) => f.sequence > (flat.get(f.symbol) ?? 0));
  }

  /** Money moved into the agent's cash, or out of it (negative). */
  #flowsOf(agent: Agent): { readonly at: number; readonly amount: Fixed }[] {
    return this.ledger
      .transactions(agent.workspaceId)
      .filter((t) => ["allocate", "collect", "deposit", "withdraw"].includes(t.kind))
      .flatMap((t) =>
        t.postings.filter((p) => p.account.nodeId === agent.nodeId && p.account.kind === "cash").map((p) => ({ at: t.at, amount: p.amount })),
      );
  }

  #pointsOf(agentId: string, when: (at: number) => boolean): { readonly at: number; readonly equity: Fixed }[] {
    return this.equity.filter((e) => e.agentId === agentId && when(e.at)).sort((a, b) => a.at - b.at);
  }
}

const total = (rows: readonly { readonly amount: Fixed }[]): Fixed => rows.reduce<Fixed>((s, r) => add(s, r.amount), ZERO);
