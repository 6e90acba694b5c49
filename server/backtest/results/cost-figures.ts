import { abs, add, type Fixed, mul, sub, toNumber, toText, ZERO } from "@/server/shared";
import { type BacktestMarket, seriesOf } from "../backtest-market";
import type { RunFill } from "../engines/run-types";
import type { CostFigures } from "./backtest-result";
import { YEAR_MS } from "./performance";
import { known, missing } from "./stat-figure";

/** What the fills cost beside the open prices, exactly; the bar that opened at a taker's fill is the price it is measured against. */
export function costFigures(fills: readonly RunFill[], market: BacktestMarket, meanEquity: number, timeMs: number): CostFigures {
  let [fees, slippage, turnover]: Fixed[] = [ZERO, ZERO, ZERO];
  for (const fill of fills) {
    fees = add(fees as Fixed, fill.fee);
    turnover = add(turnover as Fixed, mul(fill.quantity, fill.price, "half-even"));
    if (fill.liquidity !== "taker") continue;
    const open = seriesOf(market, fill.symbol).price(fill.at)?.price ?? fill.price;
    slippage = add(slippage as Fixed, mul(abs(sub(fill.price, open)), fill.quantity, "half-even"));
  }
  const a = turnover as Fixed;
  return {
    fees: toText(fees as Fixed),
    slippage: toText(slippage as Fixed),
    total: toText(add(fees as Fixed, slippage as Fixed)),
    turnover: toText(a),
    turnoverAYear:
      meanEquity > 0 && timeMs > 0
        ? known((toNumber(a) / meanEquity) * (YEAR_MS / timeMs))
        : missing("not defined: there was no equity to turn over"),
  };
}
