import type { MarketFeed, MarketFeeds } from "@/server/market";
import type { Clocks, Fixed, TenantScope } from "@/server/shared";
import type { ExchangeClient } from "@/server/trading";
import type { MovementPlan, PlannedOrder } from "./plan-movements";
import type { MoneyMover, MoveContext, Moved, MovementStore, VenueTransferRow } from "./ports";

export type MoneyServicePorts = {
  readonly store: MovementStore;
  readonly feed: MarketFeed;
  readonly feeds?: MarketFeeds;
  /** The paper venue's mirror of an agent's money. */
  readonly venue: Pick<ExchangeClient, "transfer">;
  readonly clocks: Clocks;
};

export type MoveOptions = { readonly batchId?: string; readonly previewHash?: string; readonly approved?: boolean; readonly askedBy?: string };

/** How long the venue is given before a sweep repeats a transfer (wall ms). */
const PATIENCE_MS = 15_000;

/** The one way to move money: the books first, in one transaction; then the venue's mirror, which a sweep repeats until it has answered. */
export class MoneyService implements MoneyMover {
  constructor(private readonly ports: MoneyServicePorts) {}

  async move(scope: TenantScope, order: PlannedOrder & { readonly venueKey?: string }, options: MoveOptions = {}): Promise<Moved> {
    const [moved] = await this.moveAll(scope, [order], options);
    if (!moved) throw new Error("one order gives one movement");
    return moved;
  }

  /** All orders or none. A venue that does not answer is asked again by {@link mirrorLeft}. */
  async moveAll(
    scope: TenantScope,
    orders: readonly (PlannedOrder & { readonly venueKey?: string })[],
    options: MoveOptions = {},
  ): Promise<readonly Moved[]> {
    const moved = await this.ports.store.apply(scope, orders, await this.#context(scope, orders, options));
    await this.#mirrorQuietly(scope, orders);
    return moved;
  }

  /** Every posting, what each wallet has before and after, and the checks; moves nothing. */
  async preview(scope: TenantScope, orders: readonly PlannedOrder[], options: Pick<MoveOptions, "batchId" | "askedBy"> = {}): Promise<MovementPlan> {
    return this.ports.store.preview(scope, orders, await this.#context(scope, orders, options));
  }

  /** Agrees to or refuses a movement that waits for a second person. */
  async decide(scope: TenantScope, movementId: string, agreed: boolean, reason: string): Promise<Moved> {
    const row = await this.ports.store.get(scope, movementId);
    const moved = await this.ports.store.decide(scope, movementId, agreed, reason, await this.#context(scope, [row], {}));
    await this.#mirrorQuietly(scope, [row]);
    return moved;
  }

  async undo(scope: TenantScope, movementId: string): Promise<Moved> {
    const row = await this.ports.store.get(scope, movementId);
    const moved = await this.ports.store.undo(scope, movementId, await this.#context(scope, [row], {}));
    await this.#mirrorQuietly(scope, [row]);
    return moved;
  }

  /** What the venue was not told yet of an agent's money. Throws what the venue throws. */
  async mirror(agentId: string): Promise<void> {
    for (const t of await this.ports.store.unmirrored({ agentIds: [agentId] })) await this.#tell(t);
  }

  /** The same of every agent, some at a time; one that fails keeps no other. Returns how many were told, and throws the last failure. */
  async mirrorLeft(limit = 200): Promise<{ told: number }> {
    const left = await this.ports.store.unmirrored({ before: this.ports.clocks.wall.now() - PATIENCE_MS, limit });
    let told = 0;
    let failure: unknown;
    for (const transfer of left) {
      try {
        await this.#tell(transfer);
        told++;
      } catch (error) {
        failure = error;
        await this.ports.store.mirrorTried(transfer.id, this.ports.clocks.wall.now());
      }
    }
    if (failure !== undefined) throw failure;
    return { told };
  }

  /** Last prices of what a movement between these wallets has to value; a symbol without one is left out. */
  async prices(workspaceId: string, nodeIds: readonly string[]): Promise<Readonly<Record<string, Fixed>>> {
    const symbols = await this.ports.store.symbolsToPrice(workspaceId, nodeIds);
    const feed = (await this.ports.feeds?.of(workspaceId)) ?? this.ports.feed;
    const at = this.ports.clocks.market.now();
    const points = await Promise.all(symbols.map((symbol) => feed.price({ symbol, at }).catch(() => null)));
    return Object.fromEntries(symbols.flatMap((symbol, i) => (points[i] ? [[symbol, points[i].price]] : [])));
  }

  async context(scope: TenantScope, nodeIds: readonly string[]): Promise<MoveContext> {
    const { clocks } = this.ports;
    return { at: clocks.market.now(), wallAt: clocks.wall.now(), prices: await this.prices(scope.workspaceId, nodeIds) };
  }

  async #context(scope: TenantScope, orders: readonly Ends[], options: MoveOptions): Promise<MoveContext> {
    return { ...(await this.context(scope, ends(orders))), ...options };
  }

  async #mirrorQuietly(scope: TenantScope, orders: readonly Ends[]): Promise<void> {
    const agents = await this.ports.store.agentsAt(scope.workspaceId, ends(orders));
    if (agents.length === 0) return;
    for (const transfer of await this.ports.store.unmirrored({ agentIds: agents.map((a) => a.agentId) })) {
      try {
        await this.#tell(transfer);
      } catch {
        // The books have moved; the row stays, and the sweep asks again.
        return;
      }
    }
  }

  async #tell({ id, agentId, currency, amount, key }: VenueTransferRow): Promise<void> {
    await this.ports.venue.transfer(agentId, currency, amount, key);
    await this.ports.store.mirrored(id, this.ports.clocks.wall.now());
  }
}

type Ends = { readonly fromNodeId: string | null; readonly toNodeId: string | null };
const ends = (orders: readonly Ends[]): string[] => [
  ...new Set(orders.flatMap((o) => [o.fromNodeId, o.toNodeId]).filter((id): id is string => id !== null)),
];
