import type { SymbolId } from "@/server/market";
import { add, div, type Fixed, fixed, fixedInt, mul, ONE, sub, toText, ZERO } from "@/server/shared";

/** Buy and hold with an agent's capital: cash still waiting per symbol, and units bought. Decimals as text: plain JSON. */
export type HoldBenchmark = { readonly cash: Readonly<Record<SymbolId, string>>; readonly units: Readonly<Record<SymbolId, string>> };

/** The capital (quote currency) split equally over the symbols; what does not divide goes to the last. */
export function openBenchmark(capital: Fixed, symbols: readonly SymbolId[]): HoldBenchmark {
  const share = div(capital, fixedInt(symbols.length), "down");
  const last = sub(capital, mul(share, fixedInt(symbols.length - 1), "half-even"));
  return { cash: Object.fromEntries(symbols.map((s, i) => [s, toText(i === symbols.length - 1 ? last : share)])), units: {} };
}

/** Spends a symbol's share at its first tradable open, the taker fee (a fraction) included; again it changes nothing. */
export function investBenchmark(benchmark: HoldBenchmark, symbol: SymbolId, open: Fixed, takerFee: Fixed): HoldBenchmark {
  const cash = fixed(benchmark.cash[symbol] ?? "0");
  if (cash === 0n) return benchmark;
  const units = div(cash, mul(open, add(ONE, takerFee), "up"), "down");
  return {
    cash: { ...benchmark.cash, [symbol]: "0" },
    units: { ...benchmark.units, [symbol]: toText(add(fixed(benchmark.units[symbol] ?? "0"), units)) },
  };
}

/** Symbols whose share still waits for a first open. */
export const waitingSymbols = (benchmark: HoldBenchmark): readonly SymbolId[] => Object.keys(benchmark.cash).filter((s) => benchmark.cash[s] !== "0");

/** Money put in or taken out later scales the whole benchmark; `factor` = equity after / equity before. */
export const scaleBenchmark = (benchmark: HoldBenchmark, factor: Fixed): HoldBenchmark => ({
  cash: scaled(benchmark.cash, factor),
  units: scaled(benchmark.units, factor),
});

/** Worth in quote currency at the last prices; units without a price count nothing. */
export function benchmarkValue(benchmark: HoldBenchmark, price: (symbol: SymbolId) => Fixed | null): Fixed {
  let value = Object.values(benchmark.cash).reduce<Fixed>((s, c) => add(s, fixed(c)), ZERO);
  for (const [symbol, units] of Object.entries(benchmark.units)) value = add(value, mul(fixed(units), price(symbol) ?? ZERO, "half-even"));
  return value;
}

const scaled = (amounts: Readonly<Record<string, string>>, factor: Fixed): Record<string, string> =>
  Object.fromEntries(Object.entries(amounts).map(([k, v]) => [k, toText(mul(fixed(v), factor, "down"))]));
