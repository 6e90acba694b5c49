import type { Fixed } from "@/server/shared";

export const NODE_KINDS = ["treasury", "farm", "vault", "agent"] as const;
export type NodeKind = (typeof NODE_KINDS)[number];
export const FARM_STRATEGIES = ["momentum", "arbitrage", "mean-reversion", "custom"] as const;
export type FarmStrategy = (typeof FARM_STRATEGIES)[number];
export const MOVEMENT_KINDS = ["deposit", "withdraw", "allocate", "recall", "rebalance", "collect", "sweep"] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];
/** One point of a node's record: equity of its sub-tree (base currency) and the money that came in (positive) or went out of the sub-tree since the point before. Market ms. */
export type RecordPoint = { readonly at: number; readonly equity: Fixed; readonly flow: Fixed };
