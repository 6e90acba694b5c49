import { LRUCache } from "lru-cache";
import {
  type BarView,
  type Candle,
  checkLimit,
  feedUnavailable,
  INTERVAL_MS,
  type Interval,
  type MarketFeed,
  type MarketSource,
  type PricePoint,
  type SymbolId,
  type SymbolInfo,
  unknownSymbol,
} from "@/server/market";
import { type Fixed, fixed } from "@/server/shared";
import { FactorBlocks, SimulatedBars } from "./simulated-bars";
import { BLOCK_MINUTES, MINUTE, SIMULATED_COINS, SIMULATION_END, SIMULATION_START, type SimulatedCoin } from "./simulated-prices";

type Coin = {
  readonly coin: SimulatedCoin;
  readonly bars: SimulatedBars;
  readonly tick: Fixed;
  readonly lot: Fixed;
  readonly candles: LRUCache<number, Candle>;
};

/** Made-up prices: a pure function of (seed, symbol, time), the same on every machine and after every restart. Minute bars without gaps. */
export class SimulatedMarketFeed implements MarketFeed {
  readonly source: MarketSource = { kind: "simulated", label: "Simulated market" };
  readonly #coins = new Map<SymbolId, Coin>();
  readonly #infos: readonly SymbolInfo[];

  constructor(seed: number) {
    const factor = new FactorBlocks(seed);
    for (const coin of SIMULATED_COINS) {
      this.#coins.set(coin.symbol, {
        coin,
        bars: new SimulatedBars(seed, coin, factor),
        tick: fixed(coin.tick.toFixed(5)),
        lot: fixed(coin.lot.toFixed(5)),
        candles: new LRUCache({ max: 20_000 }),
      });
    }
    this.#infos = SIMULATED_COINS.map((c) => ({ symbol: c.symbol, baseInterval: "1m", firstTime: SIMULATION_START, endTime: null }));
  }

  symbols(): readonly SymbolInfo[] {
    return this.#infos;
  }

  async candles(query: { symbol: SymbolId; interval: Interval; at: number; limit: number }): Promise<readonly Candle[]> {
    const coin = this.#coin(query.symbol);
    checkLimit(query.limit);
    const ms = INTERVAL_MS[query.interval];
    this.#checkTime(query.at);
    const last = Math.floor(query.at / ms) * ms - ms;
    const first = Math.max(last - (query.limit - 1) * ms, Math.ceil(SIMULATION_START / ms) * ms);
    const candles: Candle[] = [];
    for (let open = first; open <= last; open += ms) candles.push(candle(coin, open, ms));
    return candles;
  }

  async bars(query: { symbol: SymbolId; from: number; at: number }): Promise<readonly BarView[]> {
    const coin = this.#coin(query.symbol);
    this.#checkTime(query.at);
    const views: BarView[] = [];
    for (let open = Math.max(Math.ceil(query.from / MINUTE) * MINUTE, SIMULATION_START); open <= query.at; open += MINUTE) {
      const closed = open + MINUTE <= query.at ? candle(coin, open, MINUTE) : null;
      views.push({ openTime: open, open: closed?.open ?? priceAt(coin, open), closed });
    }
    return views;
  }

  async price(query: { symbol: SymbolId; at: number }): Promise<PricePoint | null> {
    const coin = this.#coin(query.symbol);
    if (query.at < SIMULATION_START) return null;
    this.#checkTime(query.at);
    const at = Math.floor(query.at / MINUTE) * MINUTE;
    return { price: priceAt(coin, at), at };
  }

  #coin(symbol: SymbolId): Coin {
    const coin = this.#coins.get(symbol);
    if (!coin) throw unknownSymbol(symbol, [...this.#coins.keys()]);
    return coin;
  }

  #checkTime(at: number): void {
    if (!Number.isFinite(at) || at >= SIMULATION_END) throw feedUnavailable("the simulated market ends in 2035");
  }
}

function priceAt(coin: Coin, openTime: number): Fixed {
  const minute = (openTime - SIMULATION_START) / MINUTE;
  return times(coin.tick, coin.bars.block(Math.floor(minute / BLOCK_MINUTES)).price[minute % BLOCK_MINUTES] as number);
}

/** Bar of any length: whole ticks and lots are added up before anything is turned into a decimal, so it equals the resampled minutes. */
function candle(coin: Coin, openTime: number, ms: number): Candle {
  // Lengths are at most a day and openings whole minutes: one number names both.
  const key = (openTime / MINUTE) * 2_000 + ms / MINUTE;
  let made = coin.candles.get(key);
  if (made) return made;
  const first = (openTime - SIMULATION_START) / MINUTE;
  const end = first + ms / MINUTE;
  let [open, close, high, low, volume] = [0, 0, 0, Number.POSITIVE_INFINITY, 0];
  for (let minute = first; minute < end; ) {
    const block = coin.bars.block(Math.floor(minute / BLOCK_MINUTES));
    const stop = Math.min(end, (Math.floor(minute / BLOCK_MINUTES) + 1) * BLOCK_MINUTES);
    if (minute === first) open = block.price[minute % BLOCK_MINUTES] as number;
    for (; minute < stop; minute++) {
      const i = minute % BLOCK_MINUTES;
      high = Math.max(high, block.high[i] as number);
      low = Math.min(low, block.low[i] as number);
      volume += block.volume[i] as number;
      close = block.price[i + 1] as number;
    }
  }
  made = {
    openTime,
    open: times(coin.tick, open),
    high: times(coin.tick, high),
    low: times(coin.tick, low),
    close: times(coin.tick, close),
    volume: times(coin.lot, volume),
  };
  coin.candles.set(key, made);
  return made;
}

const times = (unit: Fixed, count: number): Fixed => (BigInt(count) * unit) as Fixed;
