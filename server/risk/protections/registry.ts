import { cooldownPeriod } from "./cooldown-period";
import { lowProfitPairs } from "./low-profit-pairs";
import { maxDrawdown } from "./max-drawdown";
import { stopLossGuard } from "./stop-loss-guard";
import type { ClosedTrade, ProtectionKind, ProtectionLock, ProtectionSpec } from "./types";

/** A protection as a plug-in: which of its parameters there are, and the lock it holds at an instant. */
export type Protection = {
  readonly kind: ProtectionKind;
  readonly title: string;
  readonly what: string;
  lock(spec: ProtectionSpec, trades: readonly ClosedTrade[], at: number, symbol: string): ProtectionLock | null;
};

const plugIn = <K extends ProtectionKind>(
  kind: K,
  title: string,
  what: string,
  lock: (spec: Extract<ProtectionSpec, { kind: K }>, trades: readonly ClosedTrade[], at: number, symbol: string) => ProtectionLock | null,
): Protection => ({
  kind,
  title,
  what,
  lock: (spec, trades, at, symbol) => (spec.kind === kind ? lock(spec as Extract<ProtectionSpec, { kind: K }>, trades, at, symbol) : null),
});

/** Every protection there is, in the order they are asked and shown. */
export const PROTECTIONS: readonly Protection[] = [
  plugIn("stop-loss-guard", "Stop-loss guard", "number of trades within the lookback that lost more than the threshold", stopLossGuard),
  plugIn("max-drawdown", "Maximum drawdown", "fall of the summed profits of the trades within the lookback", maxDrawdown),
  plugIn("low-profit-pairs", "Low-profit markets", "summed profits of the market's trades within the lookback", lowProfitPairs),
  plugIn("cooldown-period", "Cooldown", "minutes since the market's last trade closed", cooldownPeriod),
];

/** How far back closed trades can still bear on a decision (ms): the longest lookback and stop together; 0 without protections. */
export const protectionReach = (specs: readonly ProtectionSpec[]): number =>
  Math.max(0, ...specs.map((s) => (s.kind === "cooldown-period" ? s.stopMinutes : s.lookbackMinutes + s.stopMinutes) * 60_000));
