import { add, type Clocks, DomainError, type Fixed, fixed, notFound, type TenantScope, toText } from "@/server/shared";
import { isRefusal } from "./is-refusal";
import type { MoneyService } from "./money-service";
import type { MoveContext, Moved, MovementRow, MovementStore, PositionCloser } from "./ports";
import { movable } from "./smallest-unit";

export type RecallServicePorts = {
  readonly store: MovementStore;
  readonly money: MoneyService;
  readonly closer: PositionCloser;
  readonly clocks: Pick<Clocks, "wall">;
  readonly scopeOf: (workspaceId: string) => TenantScope;
};

export type RecallOrder = {
  readonly fromNodeId: string;
  readonly toNodeId: string;
  readonly amount: Fixed;
  readonly key: string;
  readonly why: string;
  /** What is held is sold when less than the amount is free. */
  readonly closePositions: boolean;
};

/** Brings money up. Money under open positions is never moved away: either the person says that they are to be closed, or it stays. */
export class RecallService {
  constructor(private readonly ports: RecallServicePorts) {}

  /**
   * Throws NEEDS_CLOSING (free, missing, in positions) when only closing positions would make the amount free, and the refusals of a movement.
   * A large one waits for a second person first: nothing is sold before.
   */
  async recall(scope: TenantScope, { closePositions, ...ask }: RecallOrder): Promise<Moved & { readonly closing: boolean }> {
    const order = { ...ask, kind: "recall" as const };
    try {
      const moved = await this.ports.money.move(scope, order);
      if (!moved.pendingApproval) return { ...moved, closing: false };
      const waiting = await this.ports.store.get(scope, moved.movementId);
      return { ...moved, pendingApproval: waiting.waitsFor === "approval", closing: waiting.waitsFor === "closing" };
    } catch (error) {
      const short = shortfall(error);
      if (!short || short.bound === 0n) throw error;
      const agent = (await this.ports.store.agentsAt(scope.workspaceId, [order.fromNodeId]))[0];
      if (!agent || short.missing > short.bound) throw error;
      if (!closePositions) throw needsClosing(order.amount, short);
    }
    const row = await this.ports.store.askClosing(scope, order, await this.ports.money.context(scope, [order.fromNodeId, order.toNodeId]));
    if (row.waitsFor === "closing") await this.#goOn(row, scope);
    const now = await this.ports.store.get(scope, row.id);
    return { movementId: row.id, moved: now.status === "done", pendingApproval: now.waitsFor === "approval", closing: now.waitsFor === "closing" };
  }

  /** Goes on with every recall that waits. One that fails keeps no other; the last failure is thrown. */
  async goOn(limit = 50): Promise<{ ended: number }> {
    let ended = 0;
    let failure: unknown;
    for (const row of await this.ports.store.closings(limit)) {
      try {
        // Before the work: a process that dies of one row comes to the others, too.
        await this.ports.store.closingTried(row.id, this.ports.clocks.wall.now());
        if (await this.#goOn(row, this.ports.scopeOf(row.workspaceId))) ended++;
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return { ended };
  }

  /** Ends a recall that still waits for positions to be closed: what was sold stays the agent's cash. Throws NOT_FOUND and NOT_PENDING. */
  async cancel(scope: TenantScope, movementId: string): Promise<Moved> {
    const { store } = this.ports;
    const row = await store.get(scope, movementId);
    const moved = await store.endClosing(
      scope,
      row.id,
      null,
      "Cancelled; what was sold stays in the wallet as cash.",
      await this.#context(scope, row),
    );
    // A failure here is made good by the next round: the row waits for it.
    await this.#reopen({ ...row, status: "refused", waitsFor: "reopening" }, scope);
    return moved;
  }

  async #goOn(row: MovementRow, scope: TenantScope): Promise<boolean> {
    if (row.waitsFor === "closing") {
      try {
        if (!(await this.#close(row, scope))) return false;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await this.#refuse(row, scope, error.message);
      }
    }
    await this.#reopen(row, scope);
    return true;
  }

  /** True when the recall is at its end: the money moved, or somebody else has ended it meanwhile. */
  async #close(row: MovementRow, scope: TenantScope): Promise<boolean> {
    const { store, money, closer } = this.ports;
    const agent = await this.#agent(row);
    if (!agent) throw notFound("The agent of this recall");
    // Nothing is sold for what cannot be moved anyway.
    await this.#free(scope, row);
    const closed = await closer.close(scope, agent.agentId, row.id);
    if ((await store.get(scope, row.id)).waitsFor !== "closing") return true;
    const free = await this.#free(scope, row);
    if (free < row.amount && !closed) return false;
    const amount = free >= row.amount ? row.amount : movable(free, row.currency);
    const less = amount < row.amount ? `${toText(row.amount)} ${row.currency} was asked for; ${toText(amount)} came free` : null;
    await store.endClosing(scope, row.id, amount === 0n ? null : amount, less, await this.#context(scope, row));
    await money.mirror(agent.agentId);
    return true;
  }

  /** Refused for good, unless it was ended meanwhile. */
  async #refuse(row: MovementRow, scope: TenantScope, reason: string): Promise<void> {
    try {
      await this.ports.store.endClosing(scope, row.id, null, reason, await this.#context(scope, row));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "NOT_PENDING") throw error;
    }
  }

  async #reopen(row: MovementRow, scope: TenantScope): Promise<void> {
    const agent = await this.#agent(row);
    if (agent) await this.ports.closer.reopen(scope, agent.agentId, row.id);
    await this.ports.store.reopened(row.id);
  }

  async #agent(row: MovementRow): Promise<{ readonly agentId: string } | undefined> {
    return (await this.ports.store.agentsAt(row.workspaceId, [row.fromNodeId ?? ""]))[0];
  }

  #context(scope: TenantScope, row: MovementRow): Promise<MoveContext> {
    return this.ports.money.context(scope, [row.fromNodeId ?? "", row.toNodeId ?? ""]);
  }

  /** Cash that the rules let go (cash less reserve), up to what was asked for. Throws what speaks against the movement whatever the amount. */
  async #free(scope: TenantScope, row: MovementRow): Promise<Fixed> {
    const { refusal } = await this.ports.money.preview(scope, [{ ...row, unbound: true }]);
    if (!refusal) return row.amount;
    const free = refusal.details.data?.free;
    if ((refusal.code === "BELOW_RESERVE" || refusal.code === "INSUFFICIENT_FUNDS") && typeof free === "string") return fixed(free);
    throw refusal;
  }
}

type Shortfall = { readonly free: Fixed; readonly missing: Fixed; readonly bound: Fixed; readonly currency: string; readonly node: string };

function shortfall(error: unknown): Shortfall | null {
  if (!(error instanceof DomainError) || error.code !== "INSUFFICIENT_FUNDS") return null;
  const { free, missing, inPositions, reserved, currency, node } = error.details.data ?? {};
  if (typeof free !== "string" || typeof missing !== "string" || typeof inPositions !== "string" || typeof reserved !== "string") return null;
  return {
    free: fixed(free),
    missing: fixed(missing),
    bound: add(fixed(inPositions), fixed(reserved)),
    currency: String(currency),
    node: String(node),
  };
}

function needsClosing(amount: Fixed, { free, missing, bound, currency, node }: Shortfall): DomainError {
  return new DomainError(
    "NEEDS_CLOSING",
    `Only ${toText(free)} ${currency} of ${node} is free. To recall ${toText(amount)}, positions worth ${toText(missing)} must be closed: say so, and all it holds is sold first.`,
    {
      kind: "conflict",
      field: "closePositions",
      data: { free: toText(free), need: toText(amount), toClose: toText(missing), inPositions: toText(bound), currency, node },
    },
  );
}
