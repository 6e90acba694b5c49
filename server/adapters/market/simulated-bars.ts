import { LRUCache } from "lru-cache";
import { BLOCK_MINUTES, factorVolatility, jumpsAt, type NoiseBlock, noiseBlock, type SimulatedCoin, streamOf, uniform } from "./simulated-prices";

/** One block of minute bars: prices in ticks, volumes in lots, all whole numbers. `price` has one more: the next block's first. */
export type BarBlock = { readonly price: Float64Array; readonly high: Float64Array; readonly low: Float64Array; readonly volume: Float64Array };

/** Minute bars of one coin by block, cached: a pure function of (seed, symbol, block). */
export class SimulatedBars {
  readonly #blocks = new LRUCache<number, BarBlock>({ max: 256 });
  readonly #own: number;
  readonly #common: number;

  constructor(
    seed: number,
    private readonly coin: SimulatedCoin,
    private readonly factor: FactorBlocks,
  ) {
    this.#own = streamOf(seed, coin.symbol);
    this.#common = streamOf(seed, "common factor");
  }

  block(index: number): BarBlock {
    let block = this.#blocks.get(index);
    if (!block) {
      block = this.#make(index);
      this.#blocks.set(index, block);
    }
    return block;
  }

  #make(index: number): BarBlock {
    const { coin } = this;
    const factor = this.factor.block(index);
    const own = noiseBlock(this.#own, coin.volatility, index);
    const price = new Float64Array(BLOCK_MINUTES + 1);
    for (let i = 0; i <= BLOCK_MINUTES; i++) {
      const minute = index * BLOCK_MINUTES + i;
      const deviation = coin.beta * (factor.values[i] as number) + (own.values[i] as number);
      const shocks = coin.beta * jumpsAt(this.#common, minute, 0.018) + jumpsAt(this.#own, minute, 0.02 * coin.volatility);
      price[i] = Math.max(1, Math.round((coin.anchor * Math.exp(deviation + shocks)) / coin.tick));
    }
    const [high, low, volume] = [new Float64Array(BLOCK_MINUTES), new Float64Array(BLOCK_MINUTES), new Float64Array(BLOCK_MINUTES)];
    for (let i = 0; i < BLOCK_MINUTES; i++) {
      const minute = index * BLOCK_MINUTES + i;
      const [a, b] = [price[i] as number, price[i + 1] as number];
      const regime = ((factor.regime[i] as number) + (own.regime[i] as number)) / 2;
      // Variance inside the minute, in ticks²; the extremes of a Brownian bridge from open to close have this exact law.
      const sigma = (Math.hypot(coin.beta * factorVolatility, coin.volatility) / Math.sqrt(525_600)) * regime * a;
      const reach = (salt: number): number => Math.sqrt((a - b) ** 2 - 2 * sigma ** 2 * Math.log(uniform(this.#own, 41, minute, salt)));
      high[i] = Math.max(a, b, Math.round((a + b + reach(21)) / 2));
      low[i] = Math.max(1, Math.min(a, b, Math.round((a + b - reach(22)) / 2)));
      const busy = regime * (0.6 + (60 * ((high[i] as number) - (low[i] as number))) / a / 0.06) * (0.4 + 1.2 * uniform(this.#own, 41, minute, 23));
      volume[i] = Math.max(1, Math.round((coin.minuteNotional * busy) / (a * coin.tick) / coin.lot));
    }
    return { price, high, low, volume };
  }
}

/** The factor all coins share, cached by block. */
export class FactorBlocks {
  readonly #blocks = new LRUCache<number, NoiseBlock>({ max: 256 });
  readonly #stream: number;
  constructor(seed: number) {
    this.#stream = streamOf(seed, "common factor");
  }
  block(index: number): NoiseBlock {
    let block = this.#blocks.get(index);
    if (!block) {
      block = noiseBlock(this.#stream, factorVolatility, index);
      this.#blocks.set(index, block);
    }
    return block;
  }
}
