import type { Benchmark } from "@/server/agents";
import type { SymbolId } from "@/server/market";
import { add, div, type Fixed, fixedInt, mul, ONE, sub, sum, ZERO } from "@/server/shared";

/**
 * Buy and hold with the same capital: split equally over the symbols, each share spent at the symbol's first tradable open with the
 * taker fee. Shares still waiting for an open count as cash. No lots: the benchmark is what the money would have been worth.
 */
export class HoldBenchmark {
  readonly #waiting = new Map<SymbolId, Fixed>();
  readonly #units = new Map<SymbolId, Fixed>();

  constructor(capital: Fixed, symbols: readonly SymbolId[]) {
    const share = div(capital, fixedInt(symbols.length), "down");
    let left = capital;
    for (const [i, symbol] of symbols.entries()) {
      const mine = i === symbols.length - 1 ? left : share;
      this.#waiting.set(symbol, mine);
      left = sub(left, mine);
    }
  }

  waiting(): readonly SymbolId[] {
    return [...this.#waiting.keys()];
  }

  buy(symbol: SymbolId, open: Fixed, takerFee: Fixed): void {
    const cash = this.#waiting.get(symbol);
    if (cash === undefined) return;
    this.#waiting.delete(symbol);
    this.#units.set(symbol, div(cash, mul(open, add(ONE, takerFee), "up"), "down"));
  }

  /** Worth at the last prices, in quote currency. */
  value(price: (symbol: SymbolId) => Fixed | null): Fixed {
    let value = sum([...this.#waiting.values()]);
    for (const [symbol, units] of this.#units) value = add(value, mul(units, price(symbol) ?? ZERO, "half-even"));
    return value;
  }

  /** As an agent stores it. */
  stored(): Benchmark {
    return { cash: sum([...this.#waiting.values()]), units: Object.fromEntries(this.#units) };
  }
}
