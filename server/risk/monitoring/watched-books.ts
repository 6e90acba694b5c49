import { add, type Fixed, mul, sub, ZERO } from "@/server/shared";
import type { MarketReadings } from "./measure-markets";
import type { WatchedAgent } from "./ports";

/** An agent's equity now and what trading has made since it began; or the symbol without a price. */
export type WatchedBooks = { readonly equity: Fixed; readonly profit: Fixed; readonly unrealised: Fixed; readonly missing: string | null };

/** The books of one agent at the last prices. Profit = realised − fees + what positions have gained: money moved in or out is none. */
export async function watchedBooks(agent: WatchedAgent, markets: MarketReadings): Promise<WatchedBooks> {
  let [equity, realised, unrealised] = [agent.money, ZERO, ZERO];
  let missing: string | null = null;
  for (const p of agent.positions) {
    realised = add(realised, sub(p.realisedPnl, p.feesPaid));
    if (p.quantity === 0n) continue;
    const point = await markets.price(p.symbol);
    if (!point) {
      missing ??= p.symbol;
      continue;
    }
    equity = add(equity, mul(p.quantity, point.price, "half-even"));
    unrealised = add(unrealised, mul(p.quantity, sub(point.price, p.averageEntry), "half-even"));
  }
  return { equity, profit: add(realised, unrealised), unrealised, missing };
}
