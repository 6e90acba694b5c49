import { type Clocks, DAY_MS, DomainError, HOUR_MS, hashId, type IdSource, type TenantScope, toNumber, ZERO } from "@/server/shared";
import type { MoneyService } from "./money-service";
import type { MovementPlan, PlannedOrder } from "./plan-movements";
import type { GoalDemands, NodeRecords, RebalanceChild, RebalanceRow, RebalanceStore } from "./ports";
import { planRebalance, type RebalancePlanned } from "./rebalance/plan-rebalance";
import type { PolicyParams } from "./rebalance/policies";
import { sampleReturns } from "./rebalance/sample-returns";
import { parseRebalanceParams, type RebalanceParams } from "./rebalance-params";

export type RebalanceServicePorts = {
  readonly store: RebalanceStore;
  readonly money: MoneyService;
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
  async preview(scope: TenantScope, nodeId: string, params: RebalanceParams): Promise<RebalancePreview> {
    const planned = await this.#plan(scope, nodeId, params);
    return { planned, movements: await this.ports.money.preview(scope, ordersOf("preview", planned.moves), {}) };
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
    const { needsApproval } = await money.preview(scope, ordersOf(id, (await store.get(scope, id)).moves));
    return this.#run(scope, await store.accept(scope, id, needsApproval));
  }

  /** Goes on with what a process left behind; one that fails keeps no other. */
  async goOn(limit = 20): Promise<{ ended: number }> {
    let ended = 0;
    let failure: unknown;
    for (const row of await this.ports.store.running(limit)) {
      try {
        await this.#run(this.ports.scopeOf(row.workspaceId), row);
        ended++;
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return { ended };
  }

  /** Those that are to be made by themselves now: applied where that was allowed, else proposed. */
  async runDue(limit = 20): Promise<{ applied: number; proposed: number }> {
    const { store, clocks } = this.ports;
    let [applied, proposed] = [0, 0];
    for (const setting of await store.takeDue(clocks.market.now(), limit)) {
      const scope = this.ports.scopeOf(setting.workspaceId);
      try {
        const params = parseRebalanceParams(setting.params);
        const { planned, movements } = await this.preview(scope, setting.nodeId, params);
        if (planned.moves.length === 0) continue;
        const runs = setting.apply && !movements.needsApproval && !movements.refusal;
        const row = await this.#begin(scope, setting.nodeId, params, planned, movements.needsApproval, runs ? "running" : "proposed");
        if (runs) {
          await this.#run(scope, row);
          applied++;
        } else proposed++;
      } catch (error) {
        // Too little record, nothing under the node, another one under way: the next time comes.
        if (!(error instanceof DomainError) || error.details.kind === "internal") throw error;
      }
    }
    return { applied, proposed };
  }

  #begin(
    scope: TenantScope,
    nodeId: string,
    params: RebalanceParams,
    planned: RebalancePlanned,
    needsApproval: boolean,
    status: "running" | "proposed",
  ) {
    const { store, clocks } = this.ports;
    const row = { nodeId, policy: params.policy, status, moves: planned.moves, needsApproval, turnover: planned.turnover, at: clocks.market.now() };
    return store.begin(scope, row, clocks.wall.now());
  }

  async #run(scope: TenantScope, row: RebalanceRow): Promise<RebalanceRow> {
    const { store, money, clocks } = this.ports;
    const orders = ordersOf(row.id, row.moves);
    try {
      for (let from = row.done; from < orders.length; from += CHUNK) {
        await money.moveAll(scope, orders.slice(from, from + CHUNK), { batchId: row.id, approved: row.approved });
        await store.progress(row.id, Math.min(orders.length, from + CHUNK));
      }
    } catch (error) {
      // What the books refuse stays refused; anything else is asked again later.
      if (!(error instanceof DomainError) || error.details.kind === "internal" || error.details.kind === "unavailable") throw error;
      await store.end(row, "failed", error.message, clocks.wall.now());
      return store.get(scope, row.id);
    }
    await store.end(row, "done", null, clocks.wall.now());
    return store.get(scope, row.id);
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
    const out: { returns: number[]; outOfSample: number[] }[] = [];
    for (const child of children) {
      const record = await this.ports.records.record(scope, child.nodeId, { from: now - 30 * DAY_MS, to: now, points: 2 * STEPS });
      const steps = sampleReturns(record, now, STEP_MS, STEPS);
      const since = child.unchangedSince;
      out.push({ returns: steps.map((s) => s.value), outOfSample: since === null ? [] : steps.filter((s) => s.from >= since).map((s) => s.value) });
    }
    return out;
  }
}

const RECORDED: ReadonlySet<string> = new Set(["inverse-volatility", "risk-parity", "performance"]);

/** The same batch gives the same keys, whoever makes its movements and however often. */
const ordersOf = (batchId: string, moves: RebalanceRow["moves"]): readonly PlannedOrder[] =>
  moves.map((m, i) => ({ ...m, kind: "rebalance" as const, key: `rebalance:${hashId("rebalance", batchId, i)}`, why: "Rebalancing" }));
