import { add, type Fixed, fixed, mul, roundTo, sub, sum } from "@/server/shared";

/**
 * A share of equity and its parts as money with `decimals` places: the total is rounded, and what rounding leaves over goes to the largest
 * part, so that the parts add up to the total that is shown. Shares beyond a billion are no shares of anything: throws INVALID_DECIMAL.
 */
export function inMoney(
  total: number,
  parts: readonly number[],
  equity: Fixed,
  decimals: number,
): { readonly total: Fixed; readonly parts: readonly Fixed[] } {
  const money = (share: number): Fixed => roundTo(mul(fixed(share.toFixed(15)), equity, "half-even"), decimals, "half-even");
  const rounded = parts.map(money);
  const whole = money(total);
  const largest = parts.reduce((best, part, i) => (Math.abs(part) > Math.abs(parts[best] ?? 0) ? i : best), 0);
  const rest = sub(whole, sum(rounded));
  return { total: whole, parts: rounded.map((part, i) => (i === largest ? add(part, rest) : part)) };
}
