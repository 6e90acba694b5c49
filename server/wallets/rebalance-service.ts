import {
  add,
  type Clocks,
  DAY_MS,
  DomainError,
  type Fixed,
  HOUR_MS,
  hashId,
  type IdSource,
  max,
  min,
  sub,
  sum,
  type TenantScope,
  toNumber,
  ZERO,
} from "@/server/shared";
import { isRefusal } from "./is-refusal";
import type { MoneyService } from "./money-service";
import type { MovementPlan, PlannedOrder } from "./plan-movements";
import type { GoalDemands, NodeRecords, RebalanceChild, RebalanceRow, RebalanceSetting, RebalanceStore } from "./ports";
import { planRebalance, type RebalancePlanned } from "./rebalance/plan-rebalance";
import type { PolicyParams } from "./rebalance/policies";
import { sampleReturns } from "./rebalance/sample-returns";
import { parseRebalanceParams, type RebalanceParams } from "./rebalance-params";

export type RebalanceServicePorts = {
  readonly store: RebalanceStore;
  readonly money: Pick<MoneyService, "moveAll" | "preview" | "prices">;
  readonly records: NodeRecords;
  readonly goals: GoalDemands;
  readonly clocks: Clocks;
  readonly ids: IdSource;
  readonly scopeOf: (workspaceId: string) => TenantScope;
  /** Costs of putting moved money to work, as a fraction of it. */
  readonly costRate: number;
};

/** What a rebalancing would do: shares, movements, cost, every posting and check. */
export type RebalancePreview = { readonly planned: RebalancePlanned; readonly movements: MovementPlan };

/** Movements of one transaction; between two of them a process may die and another goes on. */
const CHUNK = 20;
/** What policies look at: the last thirty days in steps of two hours (market time). */
const STEP_MS = 2 * HOUR_MS;
const STEPS = 360;

/** Shares a node's money among the wallets right under it. */
export class RebalanceService {
  constructor(private readonly ports: RebalanceServicePorts) {}

  /** Moves nothing. Throws what the policies throw. */
  async preview(scope: TenantScope, nodeId: string, params: RebalanceParams, askedBy?: string): Promise<RebalancePreview> {
    const planned = await this.#plan(scope, nodeId, params);
    return { planned, movements: await this.ports.money.preview(scope, ordersOf("preview", planned.moves), by(askedBy)) };
  }

  /** Runs what was previewed, or (large movements) proposes it to a second person. Throws PREVIEW_STALE, REBALANCE_RUNNING, NOTHING_TO_MOVE and the first refusal. */
  async apply(scope: TenantScope, nodeId: string, params: RebalanceParams, previewHash: string | null): Promise<RebalanceRow> {
    await this.ports.store.assertIdle(nodeId);
    const { planned, movements } = await this.preview(scope, nodeId, params);
    if (previewHash !== null && movements.hash !== previewHash)
      throw new DomainError("PREVIEW_STALE", "These wallets have changed since the preview was made: look at it again. Nothing was moved.", {
        kind: "conflict",
      });
    if (planned.moves.length === 0)
      throw new DomainError("NOTHING_TO_MOVE", "Every wallet is within its band: nothing has to move.", { kind: "conflict" });
    if (movements.refusal) throw movements.refusal;
    const row = await this.#begin(scope, nodeId, params, planned, movements.needsApproval, movements.needsApproval ? "proposed" : "running");
    return row.status === "running" ? this.#run(scope, row) : row;
  }

  /** An owner lets a proposed rebalancing run; a large one, by the rules of then or of now, only a second person. */
  async accept(scope: TenantScope, id: string): Promise<RebalanceRow> {
    const { store, money } = this.ports;
    const { moves, actor } = await store.get(scope, id);
    const { needsApproval } = await money.preview(scope, ordersOf(id, moves), by(actor));
    return this.#run(scope, await store.accept(scope, id, needsApproval));
  }

  /** Goes on with what a process left behind; one that fails keeps no other. */
  async goOn(limit = 20): Promise<{ ended: number }> {
    let ended = 0;
    let failure: unknown;
    for (const row of await this.ports.store.running(limit)) {
      try {
        await this.ports.store.tried(row.id, this.ports.clocks.wall.now());
        await this.#run(this.ports.scopeOf(row.workspaceId), row);
        ended++;
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return { ended };
  }

  /** Those that are to be made by themselves now, one after the other: applied where that was allowed, else proposed. One that fails stays due and keeps no other. */
  async runDue(limit = 20): Promise<{ applied: number; proposed: number }> {
    const { store, clocks } = this.ports;
    const count = { applied: 0, proposed: 0, nothing: 0 };
    const seen: string[] = [];
    let failure: unknown;
    while (count.applied + count.proposed + count.nothing < limit) {
      const setting = await store.nextDue(clocks.market.now(), seen);
      if (!setting) break;
      seen.push(setting.nodeId);
      try {
        count[await this.#makeDue(setting)]++;
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return { applied: count.applied, proposed: count.proposed };
  }

  async #makeDue(setting: RebalanceSetting): Promise<"applied" | "proposed" | "nothing"> {
    const { store, clocks } = this.ports;
    const scope = this.ports.scopeOf(setting.workspaceId);
    try {
      const params = parseRebalanceParams(setting.params);
      const { planned, movements } = await this.preview(scope, setting.nodeId, params, setting.configuredBy ?? undefined);
      if (planned.moves.length > 0) {
        const runs = setting.apply && !movements.needsApproval && !movements.refusal;
        const status = runs ? "running" : "proposed";
        const row = await this.#begin(scope, setting.nodeId, params, planned, movements.needsApproval, status, setting);
        if (!runs) return "proposed";
        await this.#run(scope, row);
        return "applied";
      }
    } catch (error) {
      // Too little record, nothing under the node, another one under way: the next time comes.
      if (!isRefusal(error)) throw error;
    }
    await store.passDue(setting, clocks.market.now());
    return "nothing";
  }

  #begin(
    scope: TenantScope,
    nodeId: string,
    params: RebalanceParams,
    planned: RebalancePlanned,
    needsApproval: boolean,
    status: "running" | "proposed",
    due: RebalanceSetting | null = null,
  ) {
    const { store, clocks } = this.ports;
    const row = { nodeId, policy: params.policy, status, moves: planned.moves, needsApproval, turnover: planned.turnover, at: clocks.market.now() };
    return store.begin(scope, row, clocks.wall.now(), due);
  }

  async #run(scope: TenantScope, row: RebalanceRow): Promise<RebalanceRow> {
    const { store, money, clocks } = this.ports;
    const orders = ordersOf(row.id, row.moves);
    const made = await store.made(row.id);
    // Another life met a refusal already when something before its mark was not made, or was cut.
    let refused = orders.some((o, i) => made.has(partKey(o.key)) || (i < row.done && !made.has(o.key)));
    try {
      for (let from = row.done; !refused && from < orders.length; from += CHUNK) {
        const moved = await money.moveAll(scope, orders.slice(from, from + CHUNK), optionsOf(row));
        await store.progress(row.id, Math.min(orders.length, from + CHUNK));
        // What waits for a second person has brought nothing up: the rest is made one by one, as far as the money goes.
        refused = moved.some((m) => m.pendingApproval);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused = true;
    }
    const left = refused ? await this.#oneByOne(scope, row, orders) : [];
    const reason = left.length === 0 ? null : leftOut(left, orders.length);
    await store.end(row, reason === null ? "done" : "failed", reason, clocks.wall.now());
    return store.get(scope, row.id);
  }

  /**
   * After a refusal: each movement by itself, and what is refused is left out. No more goes down than came up (and was spare), so that the
   * parent pays for nobody. Returns why movements were left out or cut.
   */
  async #oneByOne(scope: TenantScope, row: RebalanceRow, orders: readonly PlannedOrder[]): Promise<readonly string[]> {
    const { store, money } = this.ports;
    const isGive = (o: PlannedOrder): boolean => o.fromNodeId === row.nodeId;
    const planned = (gives: boolean): Fixed => sum(orders.filter((o) => isGive(o) === gives).map((o) => o.amount));
    const made = await store.made(row.id);
    let budget = max(ZERO, sub(planned(true), planned(false)));
    for (const o of orders) {
      const amount = made.get(o.key) ?? made.get(partKey(o.key)) ?? ZERO;
      budget = isGive(o) ? sub(budget, amount) : add(budget, amount);
    }
    const left: string[] = [];
    for (const [i, order] of orders.entries()) {
      if (made.has(order.key)) continue;
      if (i < row.done || made.has(partKey(order.key))) {
        left.push("an earlier movement was refused");
        continue;
      }
      const amount = isGive(order) ? min(order.amount, max(ZERO, budget)) : order.amount;
      if (amount < order.amount) left.push("less money came up than was planned");
      try {
        if (amount > 0n) {
          const cut = amount < order.amount ? { ...order, amount, key: partKey(order.key) } : order;
          const [moved] = await money.moveAll(scope, [cut], optionsOf(row));
          if (moved?.pendingApproval) left.push("a movement waits for a second person");
          else budget = isGive(order) ? sub(budget, amount) : add(budget, amount);
        }
      } catch (error) {
        // What the books refuse stays refused; anything else is asked again later.
        if (!isRefusal(error)) throw error;
        if (amount === order.amount) left.push(error.message);
      }
      await store.progress(row.id, i + 1);
    }
    return left;
  }

  async #plan(scope: TenantScope, nodeId: string, params: RebalanceParams): Promise<RebalancePlanned> {
    const { store, money } = this.ports;
    const { parent, children } = await store.wallets(scope, nodeId, await money.prices(scope.workspaceId, []));
    const seen = RECORDED.has(params.policy) ? await this.#returns(scope, children) : null;
    const wallets = children.map((c, i) => ({ ...c, returns: seen?.[i]?.returns ?? [], outOfSample: seen?.[i]?.outOfSample ?? [] }));
    return planRebalance({
      parentId: parent.id,
      currency: parent.currency,
      spare: params.useFree ? parent.free : ZERO,
      wallets,
      params: await this.#policy(scope, params, parent.id),
      band: params.bandPercent / 100,
      costRate: this.ports.costRate,
    });
  }

  async #policy(scope: TenantScope, params: RebalanceParams, parentId: string): Promise<PolicyParams> {
    const bounds = { min: params.minPercent / 100, max: params.maxPercent / 100 };
    const base = { policy: params.policy, weights: params.weights, bounds };
    if (params.policy !== "goals") return base;
    const demands = await this.ports.goals.demands(scope, parentId);
    return { ...base, demands: Object.fromEntries(Object.entries(demands).map(([id, d]) => [id, { ...d, wanted: toNumber(d.wanted) }])) };
  }

  async #returns(scope: TenantScope, children: readonly RebalanceChild[]) {
    const now = this.ports.clocks.market.now();
    const range = { from: now - 30 * DAY_MS, to: now, points: 2 * STEPS };
    const records = await this.ports.records.records(
      scope,
      children.map((c) => c.nodeId),
      range,
    );
    return children.map((child, i) => {
      const steps = sampleReturns(records[i] ?? [], now, STEP_MS, STEPS);
      const since = child.unchangedSince;
      return { returns: steps.map((s) => s.value), outOfSample: since === null ? [] : steps.filter((s) => s.from >= since).map((s) => s.value) };
    });
  }
}

const RECORDED: ReadonlySet<string> = new Set(["inverse-volatility", "risk-parity", "performance"]);

/** The same batch gives the same keys, whoever makes its movements and however often. */
const ordersOf = (batchId: string, moves: RebalanceRow["moves"]): readonly PlannedOrder[] =>
  moves.map((m, i) => ({ ...m, kind: "rebalance" as const, key: `rebalance:${hashId("rebalance", batchId, i)}`, why: "Rebalancing" }));

const by = (askedBy: string | undefined) => (askedBy === undefined ? {} : { askedBy });

/** Whoever asked for the rebalancing has asked for its movements, whoever goes on with it. */
const optionsOf = (row: RebalanceRow) => ({ batchId: row.id, approved: row.approved, askedBy: row.actor });

/** A movement that was cut has a key of its own: asked for again, its whole is another one. */
const partKey = (key: string): string => `${key}:part`;

const leftOut = (why: readonly string[], total: number): string =>
  `${why.length} of ${total} movements were left out or cut, the others were made: ${[...new Set(why)].slice(0, 3).join("; ")}`;
