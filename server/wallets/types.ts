import type { Fixed } from "@/server/shared";

export const NODE_KINDS = ["treasury", "farm", "vault", "agent"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];
export const FARM_STRATEGIES = ["momentum", "arbitrage", "mean-reversion", "custom"] as const;
export type FarmStrategy = (typeof FARM_STRATEGIES)[number];
export const MOVEMENT_KINDS = ["deposit", "withdraw", "allocate", "recall", "rebalance", "collect", "sweep"] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];
/** One point of a node's record: equity of its sub-tree (base currency) and the money that came in (positive) or went out of the sub-tree since the point before. Market ms. */
export type RecordPoint = { readonly at: number; readonly equity: Fixed; readonly flow: Fixed };

export type WalletMode = "paper" | "live";
/** pending = waits for a second person or for positions to be closed; refused = it never will; undone = a later movement took it back. */
export const MOVEMENT_STATUSES = ["done", "pending", "refused", "undone"] as const;
export type MovementStatus = (typeof MOVEMENT_STATUSES)[number];

/** What a movement of money is asked for. Null = the outside. */
export type MoneyOrder = {
  readonly kind: MovementKind;
  readonly fromNodeId: string | null;
  readonly toNodeId: string | null;
  /** Base currency, above zero. */
  readonly amount: Fixed;
  /** Same key, same movement: asked for again it has no effect. Unique in the workspace. */
  readonly key: string;
  readonly why: string;
};

/** One node as the rules of money see it. */
export type WalletNodeState = {
  readonly id: string;
  readonly parentId: string | null;
  readonly kind: NodeKind;
  readonly mode: WalletMode;
  readonly name: string;
  readonly currency: string;
  readonly rules: MoneyRules;
  readonly closed: boolean;
  readonly cash: Fixed;
  /** Set aside for open buy orders. */
  readonly reserved: Fixed;
  /** What its positions are worth at the last prices. */
  readonly positions: Fixed;
  /** Market ms of the last movement that this node gave or took; null = none. */
  readonly lastMovedAt: number | null;
};

/** Rules of one node. Null = none. Shares in per cent; they and the reserve's per cent are of the tree's equity, of everything under one master. */
export type MoneyRules = {
  /** Cash that no movement may take out of this node: an amount, and a share of what the tree is worth; the larger one counts. */
  readonly reserve: Fixed | null;
  readonly reservePercent: Fixed | null;
  /** The most that one agent, or one farm with all under it, may hold of the tree: for this node and every one under it. */
  readonly maxAgentPercent: Fixed | null;
  readonly maxFarmPercent: Fixed | null;
  /** Market seconds that must pass between two movements of one wallet: of this node (a master excepted) and every one under it. */
  readonly cooldownSeconds: number | null;
  /** Movements of at least this much wait for a second person. */
  readonly approvalFrom: Fixed | null;
};
