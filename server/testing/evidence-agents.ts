import type { PeriodRecord } from "@/server/evidence";
import { seededRandom } from "@/server/shared";

/** Markets that random agents are let loose in: fat tails and changing volatility in all of them, about 3 % a period. */
export const MARKETS = ["flat", "rising", "falling", "regimes"] as const;
export type MarketKind = (typeof MARKETS)[number];

/** Of the logarithm of volatility, an autoregression: 0.15² / (1 − 0.95²). */
const HEAT_VARIANCE = 0.2308;

type Columns = readonly Float64Array[];

/** Standard normal draws from a seed. */
export function normals(seed: number): () => number {
  const random = seededRandom(seed);
  // Box and Muller's two at a time.
  let spare = Number.NaN;
  return () => {
    if (!Number.isNaN(spare)) {
      const z = spare;
      spare = Number.NaN;
      return z;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** Returns per period of a few correlated symbols. Rising: +0.3 % a period on average, a Sharpe ratio of about 1.9 a year if periods are days. */
export function randomMarket(kind: MarketKind, symbols: number, length: number, seed: number): Columns {
  const normal = normals(seed);
  const random = seededRandom(seed ^ 0x5bd1e995);
  const columns = Array.from({ length: symbols }, () => new Float64Array(length));
  let [heat, regime] = [0, 1];
  for (let t = 0; t < length; t++) {
    heat = 0.95 * heat + 0.15 * normal();
    if (random() < 1 / 40) regime = -regime;
    const drift = kind === "rising" ? 0.003 : kind === "falling" ? -0.003 : kind === "regimes" ? 0.003 * regime : 0;
    // A normal over the root of a chi-square of 6 degrees is Student's t; the factors make the variance of both 1.
    const chi = -2 * Math.log((1 - random()) * (1 - random()) * (1 - random()));
    const volatility = 0.03 * Math.exp(heat - HEAT_VARIANCE) * Math.sqrt(4 / chi);
    const common = normal();
    for (const column of columns) column[t] = Math.max(-0.9, drift + volatility * (0.7 * common + 0.714 * normal()));
  }
  return columns;
}

/** An agent that goes in and out at random, holding 2 to 20 periods on average, at no cost; and its number of entries. */
export function randomAgent(prices: Columns, seed: number): { record: PeriodRecord; trades: number } {
  const random = seededRandom(seed);
  let trades = 0;
  const exposure = prices.map((column) => {
    const size = (0.2 + 0.8 * random()) / prices.length;
    const [leave, enter] = [1 / (2 + 18 * random()), 1 / (2 + 18 * random())];
    let holds = random() < 0.5;
    const held = new Float64Array(column.length);
    for (let t = 0; t < held.length; t++) {
      if (random() < (holds ? leave : enter)) {
        holds = !holds;
        trades += 1;
      }
      if (holds) held[t] = size;
    }
    return held;
  });
  return { record: recordOf(prices, exposure), trades };
}

/**
 * An agent with skill: it sees a sign that moves the next return by `edge` deviations up or down, and holds when it is up. Its excess over
 * the matched hold has a Sharpe ratio of about `edge` a period.
 */
export function skilledAgent(kind: MarketKind, length: number, edge: number, seed: number): { record: PeriodRecord; trades: number } {
  const random = seededRandom(seed ^ 0x2545f491);
  const prices = randomMarket(kind, 1, length, seed);
  let [trades, before] = [0, false];
  const holds = new Float64Array(length);
  const moved = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const up = random() < 0.5;
    if (up !== before) trades += 1;
    before = up;
    holds[t] = up ? 1 : 0;
    moved[t] = Math.sqrt(1 - edge * edge) * ((prices[0] as Float64Array)[t] as number) + 0.03 * edge * (up ? 1 : -1);
  }
  return { record: recordOf([moved], [holds]), trades };
}

/** An agent without skill that answers to the market: it holds after `periods` of falls (a buyer of dips) or of rises (a follower of trends). */
export function answeringAgent(kind: MarketKind, length: number, periods: number, buys: "dips" | "rises", seed: number): PeriodRecord {
  const [column = new Float64Array()] = randomMarket(kind, 1, length + periods, seed);
  const held = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    let sum = 0;
    for (let i = t; i < t + periods; i++) sum += column[i] as number;
    held[t] = (buys === "dips" ? sum < 0 : sum > 0) ? 1 : 0;
  }
  return recordOf([column.slice(periods)], [held]);
}

/** The record of an agent that trades at no cost. */
function recordOf(prices: Columns, exposure: Columns): PeriodRecord {
  const result = new Float64Array(prices[0]?.length ?? 0);
  for (const [i, column] of prices.entries()) {
    const held = exposure[i] as Float64Array;
    for (let t = 0; t < result.length; t++) result[t] = (result[t] as number) + (column[t] as number) * (held[t] as number);
  }
  return { symbols: prices.map((_, i) => `S${i}/USDT`), exposure, prices, result };
}
