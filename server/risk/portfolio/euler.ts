/** One position's part in a figure of the portfolio. `component` = weight × marginal, to the last bit. */
export type Contribution = { readonly symbol: string; readonly weight: number; readonly marginal: number; readonly component: number };

/** A figure as a share of equity, losses positive, and what each position adds to it. */
export type Composed = { readonly total: number; readonly parts: readonly Contribution[] };

/**
 * A figure from its marginals by Euler's theorem (VaR and ES are homogeneous of degree one in the weights, so the figure is the sum of
 * weight × marginal; Tasche 1999). The total is defined as the sum of the components, added in the order of the symbols: whoever adds them
 * up in that order gets the total to the last bit. The textbook formula differs from it by rounding only.
 */
export function compose(symbols: readonly string[], weights: readonly number[], marginals: ArrayLike<number>): Composed {
  let total = 0;
  const parts = symbols.map((symbol, i) => {
    const weight = weights[i] as number;
    const marginal = marginals[i] as number;
    const component = weight * marginal;
    total += component;
    return { symbol, weight, marginal, component };
  });
  return { total, parts };
}
