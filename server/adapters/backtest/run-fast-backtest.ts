import type { AgentConfig } from "@/server/agents";
import { type AgentRun, type BacktestMarket, gridOf, holdCurve, maxDrawdown, runAgent, valueCurve } from "@/server/backtest";
import type { SymbolId } from "@/server/market";
import { add, div, type Fixed, fixedInt, hashId, mul, sub, sum, ZERO } from "@/server/shared";
import type { Instrument, PaperRules } from "@/server/trading";

export type FastLine = {
  readonly symbol: SymbolId;
  readonly capital: Fixed;
  readonly run: AgentRun;
  readonly fees: Fixed;
  readonly turnover: Fixed;
  readonly hold: Fixed;
  readonly maxDrawdown: number;
  readonly holdMaxDrawdown: number;
};

type Options = {
  readonly engine: "event" | "array";
  readonly market: BacktestMarket;
  readonly symbols: readonly SymbolId[];
  readonly config: (symbol: SymbolId) => AgentConfig;
  readonly instrument: (symbol: SymbolId) => Instrument;
  readonly capital: Fixed;
  readonly currency: string;
  readonly from: number;
  readonly to: number;
  readonly rules: PaperRules;
};

/** One agent per symbol and an equal share each, as runBacktest, in an engine without records. */
export async function runFastBacktest(options: Options): Promise<readonly FastLine[]> {
  const { symbols, market, instrument, from, to, rules } = options;
  const share = div(options.capital, fixedInt(symbols.length), "down");
  const lines: FastLine[] = [];
  for (const [i, symbol] of symbols.entries()) {
    const capital = i === symbols.length - 1 ? sub(options.capital, sum(lines.map((l) => l.capital))) : share;
    const config = options.config(symbol);
    const agent = {
      id: hashId("backtest", "agent", symbol),
      workspaceId: hashId("backtest"),
      nodeId: hashId("backtest", "node", symbol),
      config,
      configVersion: 1,
      currency: options.currency,
    };
    const shared = { agent, capital, market, instrument, rules, from, to, build: "backtest" };
    const grid = gridOf(shared);
    const run = await runAgent(options.engine, shared, grid);
    const hold = holdCurve(capital, grid, market, instrument);
    lines.push({
      symbol,
      capital,
      run,
      fees: run.fills.reduce<Fixed>((s, f) => add(s, f.fee), ZERO),
      turnover: run.fills.reduce<Fixed>((s, f) => add(s, mul(f.quantity, f.price, "down")), ZERO),
      hold: hold.end,
      maxDrawdown: maxDrawdown([...valueCurve(capital, run, grid).equity]),
      holdMaxDrawdown: maxDrawdown([...hold.values]),
    });
  }
  return lines;
}
