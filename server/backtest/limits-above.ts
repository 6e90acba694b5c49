import { type Limits, limitsAsJson, NO_LIMITS, parseLimits } from "@/server/risk";
import { type Json, toText } from "@/server/shared";

/** Limits as stored with a backtest: only those that are set, decimals as text. */
export type StoredLimits = Readonly<Record<string, Json>>;

/**
 * The limits that stood above the agents when the backtest was asked for: the workspace's, and those of the farm that was chosen and of every
 * farm that holds it, the nearest first. What is changed there later changes no backtest.
 */
export type LimitsAboveSpec = {
  readonly workspace: StoredLimits;
  readonly farms: readonly { readonly id: string; readonly name: string; readonly limits: StoredLimits }[];
};

/** The same, read. */
export type LimitsAbove = { readonly workspace: Limits; readonly farms: readonly Limits[] };

export const NOTHING_ABOVE: LimitsAbove = { workspace: NO_LIMITS, farms: [] };

/** Only what is set of some limits: what a backtest keeps. */
export function storedLimits(limits: Limits): StoredLimits {
  return Object.fromEntries(Object.entries(limitsAsJson(limits, toText)).filter(([, value]) => value !== null)) as StoredLimits;
}

/** Throws UNKNOWN_LIMIT and INVALID_LIMIT, naming the field under `limitsAbove`. */
export function readLimitsAbove(spec: LimitsAboveSpec): LimitsAbove {
  return {
    workspace: parseLimits(spec.workspace, "limitsAbove.workspace"),
    farms: spec.farms.map((farm, i) => parseLimits(farm.limits, `limitsAbove.farms.${i}`)),
  };
}

/**
 * What of them bears on the decisions, to tell configurations apart: whose name a limit has does not matter, and where nothing is set there is
 * nothing (null).
 */
export function bindingAbove(spec: LimitsAboveSpec | undefined): readonly StoredLimits[] | null {
  const levels = spec ? [spec.workspace, ...spec.farms.map((f) => f.limits)] : [];
  return levels.some((limits) => Object.keys(limits).length > 0) ? levels : null;
}

/** Whether some limit is set at any level. */
export const limitsAnywhere = ({ workspace, farms }: LimitsAbove): boolean => [workspace, ...farms].some((limits) => isAnySet(limits));

export const isAnySet = (limits: Limits): boolean => Object.values(limits).some((value) => (value ?? null) !== null);
