import { DomainError, type Fixed, fixed, fixedInt, roundTo, toText } from "@/server/shared";

const TWO_DECIMALS = new Set(["USD", "USDT", "USDC", "DAI", "TUSD", "USDP", "FDUSD", "PYUSD", "EUR", "EURC", "GBP"]);

/** Decimals in which money of a currency is moved and shown: 2 for dollars and the like, 8 for coins. */
export const decimalsOf = (currency: string): number => (TWO_DECIMALS.has(currency) ? 2 : 8);

/** The smallest amount that can be moved. */
export const smallestUnit = (currency: string): Fixed => (TWO_DECIMALS.has(currency) ? fixed("0.01") : fixed("0.00000001"));

/** Throws INVALID_AMOUNT (zero or less), AMOUNT_TOO_SMALL (dust), TOO_MANY_DECIMALS. */
export function assertAmount(amount: Fixed, currency: string): void {
  const data = { amount: toText(amount), currency };
  if (amount <= 0n) {
    const what = amount === 0n ? "Nothing would move" : `${toText(amount)} ${currency} is below zero`;
    throw new DomainError("INVALID_AMOUNT", `${what}: the amount must be above zero.`, { field: "amount", data });
  }
  const unit = smallestUnit(currency);
  if (amount < unit) {
    throw new DomainError("AMOUNT_TOO_SMALL", `${toText(amount)} ${currency} is less than the smallest amount that can be moved, ${toText(unit)}.`, {
      field: "amount",
      data: { ...data, smallest: toText(unit) },
    });
  }
  const decimals = decimalsOf(currency);
  if (amount % unit !== 0n) {
    throw new DomainError("TOO_MANY_DECIMALS", `${currency} is moved with ${decimals} decimals at most; ${toText(amount)} has more.`, {
      field: "amount",
      data: { ...data, decimals },
    });
  }
}

/** The part of an amount that can be moved. */
export const movable = (amount: Fixed, currency: string): Fixed => (amount <= 0n ? fixedInt(0) : roundTo(amount, decimalsOf(currency), "down"));
