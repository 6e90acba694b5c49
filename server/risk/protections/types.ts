import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";

/** A round trip: from the buy that opened a position to the sell that left nothing of it. */
export type ClosedTrade = {
  readonly symbol: SymbolId;
  /** Market time (ms) of its first and of its last execution. */
  readonly openedAt: number;
  readonly closedAt: number;
  /** What came back over what was paid, fees on both sides counted, less one: -0.02 is a loss of two per cent. */
  readonly profit: Fixed;
};

type Lookback = {
  /** How far back closed trades are looked at, and for how long nothing is opened after the last of them (minutes). */
  readonly lookbackMinutes: number;
  readonly stopMinutes: number;
  /** So many trades must have closed in that time. */
  readonly tradeLimit: number;
};

/** A protection as configured; semantics of freqtrade's plug-ins of the same names. */
export type ProtectionSpec =
  | (Lookback & {
      readonly kind: "stop-loss-guard";
      /** A trade counts when it lost more than this (per cent, zero or more). */
      readonly lossPercent: Fixed;
      /** Count each symbol by itself and stop only that one. */
      readonly onlyPerPair: boolean;
    })
  | (Lookback & { readonly kind: "max-drawdown" /** Fall of the summed profits from their peak (per cent). */; readonly maxDrawdownPercent: Fixed })
  | (Lookback & {
      readonly kind: "low-profit-pairs" /** The symbol's summed profits must reach this (per cent; may be negative). */;
      readonly requiredProfitPercent: Fixed;
    })
  | { readonly kind: "cooldown-period"; readonly stopMinutes: number };

export type ProtectionKind = ProtectionSpec["kind"];

/** A protection that holds: until when (market ms), and the figure that passed its limit, both in `unit`. */
export type ProtectionLock = { readonly until: number; readonly figure: string; readonly limit: string; readonly unit: string; readonly why: string };
