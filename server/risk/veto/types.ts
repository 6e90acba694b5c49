import type { Fixed } from "@/server/shared";
import type { Side } from "@/server/trading";

/** One order that a rule denied or made smaller, as it was at its tick. Quantities in base units, money in quote currency. */
export type VetoedOrder = {
  readonly symbol: string;
  readonly side: Side;
  readonly limitPrice: Fixed | null;
  readonly askedQuantity: Fixed;
  readonly allowedQuantity: Fixed;
  /** What the account could have paid for, or had free to sell: nothing beyond it was ever prevented. */
  readonly possibleQuantity: Fixed;
  /** Market time of the order; when it would have ended unfilled; and when its outcome is measured (ms). */
  readonly at: number;
  readonly expiresAt: number | null;
  readonly settleAt: number;
};

/** What a veto did, measured once. */
export type VetoOutcome = {
  /** min(asked, possible) − allowed, never below zero. */
  readonly vetoedQuantity: Fixed;
  /** Where and when it would have filled; null when it would not have. */
  readonly entryPrice: Fixed | null;
  readonly entryAt: number | null;
  readonly settlePrice: Fixed | null;
  /** The fee it would have paid. */
  readonly fee: Fixed;
  /** What the vetoed part would have made by the settlement, after that fee. */
  readonly missed: Fixed;
  /** −missed: above zero the veto saved money, below zero it cost some. */
  readonly saved: Fixed;
  /** Why it is measured as nothing, or cannot be measured; null otherwise. */
  readonly note: VetoNote | null;
};

/**
 * `impossible`: neither money nor holdings for any more; `below-minimum`: the venue would have refused what was vetoed; `no-fill`: a limit the
 * market never reached; `no-bars`: no price after the tick; `no-price`: none at the settlement. Only the last two are unmeasured.
 */
export type VetoNote = "impossible" | "below-minimum" | "no-fill" | "no-bars" | "no-price";
