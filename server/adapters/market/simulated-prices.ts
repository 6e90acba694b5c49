/** One simulated coin. `volatility` per year of its own noise, `beta` to the common factor, both on log prices. */
export type SimulatedCoin = {
  readonly symbol: string;
  readonly anchor: number;
  readonly tick: number;
  readonly lot: number;
  readonly beta: number;
  readonly volatility: number;
  /** Typical volume of one minute in quote currency. */
  readonly minuteNotional: number;
};

export const SIMULATED_COINS: readonly SimulatedCoin[] = [
  { symbol: "BTC/USDT", anchor: 68_000, tick: 0.01, lot: 0.00001, beta: 0.9, volatility: 0.22, minuteNotional: 1_400_000 },
  { symbol: "ETH/USDT", anchor: 3_400, tick: 0.01, lot: 0.0001, beta: 1.15, volatility: 0.35, minuteNotional: 900_000 },
  { symbol: "SOL/USDT", anchor: 165, tick: 0.01, lot: 0.001, beta: 1.3, volatility: 0.55, minuteNotional: 400_000 },
  { symbol: "DOGE/USDT", anchor: 0.17, tick: 0.00001, lot: 1, beta: 1.35, volatility: 0.7, minuteNotional: 180_000 },
  { symbol: "XRP/USDT", anchor: 0.62, tick: 0.0001, lot: 0.1, beta: 1.0, volatility: 0.6, minuteNotional: 200_000 },
  { symbol: "BNB/USDT", anchor: 590, tick: 0.01, lot: 0.001, beta: 0.8, volatility: 0.3, minuteNotional: 150_000 },
];

export const MINUTE = 60_000;
/** The simulation runs from 2020-01-01 for 2^23 minutes (to late 2035). */
export const SIMULATION_START = 1_577_836_800_000;
const LEVELS = 23;
/** Minutes in one block: the unit that is computed and cached at once. */
export const BLOCK_BITS = 10;
export const BLOCK_MINUTES = 1 << BLOCK_BITS;
export const SIMULATION_END = SIMULATION_START + 2 ** LEVELS * MINUTE;

const MINUTES_PER_YEAR = 525_600;
/** Above this span (60 days) deviations grow no more: prices wander about their anchor instead of away from it. */
const SPAN_CAP = 86_400;
/** Common factor's volatility a year. */
const FACTOR_VOLATILITY = 0.45;
/** How much a regime changes from one level of the hierarchy to the next. */
const REGIME_STRENGTH = 0.14;
const JUMP_BLOCK = 1_440;
const JUMP_CHANCE = 0.12;
const JUMP_DECAY = 1_080;
const JUMP_MEMORY = 5;

/** A hash of (stream, level, index) as an unsigned 32-bit number: the only source of randomness. */
function mix(stream: number, level: number, index: number, salt: number): number {
  let h = (stream ^ Math.imul(level + 1, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  h = Math.imul(h ^ (h >>> 16), 0x9e3779b1);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Uniform in (0, 1). */
export const uniform = (stream: number, level: number, index: number, salt: number): number =>
  (mix(stream, level, index, salt) + 0.5) / 4_294_967_296;

const normal = (stream: number, level: number, index: number, salt: number): number =>
  Math.sqrt(-2 * Math.log(uniform(stream, level, index, salt))) * Math.cos(2 * Math.PI * uniform(stream, level, index, salt + 7));

/** A stream number from the seed and a name. */
export function streamOf(seed: number, name: string): number {
  let h = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return mix(h, 0, seed | 0, 3);
}

/** Log deviation and regime multiplier on a grid: what a block of one stream holds. */
export type NoiseBlock = { readonly values: Float64Array; readonly regime: Float64Array };

/**
 * Deviation from the anchor at each minute of a block (and at its end), by midpoint displacement from the whole span down:
 * each node's midpoint lies between its ends plus noise of its span, scaled by a regime that is inherited and changes a little at each
 * level (volatility clusters). A value depends on (stream, minute) only.
 */
export function noiseBlock(stream: number, volatility: number, block: number): NoiseBlock {
  const perMinute = volatility / Math.sqrt(MINUTES_PER_YEAR);
  let [left, right, regime] = [0, 0, 1];
  for (let level = 0; level < LEVELS - BLOCK_BITS; level++) {
    const node = block >> (LEVELS - BLOCK_BITS - level);
    const mid = midpoint(stream, level, node, left, right, regime, perMinute);
    regime = childRegime(stream, level, node, regime);
    if ((block >> (LEVELS - BLOCK_BITS - level - 1)) & 1) left = mid;
    else right = mid;
  }
  const values = new Float64Array(BLOCK_MINUTES + 1);
  const regimes = new Float64Array(BLOCK_MINUTES).fill(regime);
  values[0] = left;
  values[BLOCK_MINUTES] = right;
  for (let depth = 0; depth < BLOCK_BITS; depth++) {
    const level = LEVELS - BLOCK_BITS + depth;
    const span = BLOCK_MINUTES >> depth;
    for (let i = 0; i < 1 << depth; i++) {
      const at = i * span;
      const node = block * (1 << depth) + i;
      const r = regimes[at] as number;
      values[at + span / 2] = midpoint(stream, level, node, values[at] as number, values[at + span] as number, r, perMinute);
      regimes.fill(childRegime(stream, level, node, r), at, at + span);
    }
  }
  return { values, regime: regimes };
}

function midpoint(stream: number, level: number, node: number, left: number, right: number, regime: number, perMinute: number): number {
  const span = Math.min(2 ** (LEVELS - level), SPAN_CAP);
  return (left + right) / 2 + normal(stream, level, node, 1) * perMinute * regime * Math.sqrt(span / 4);
}

function childRegime(stream: number, level: number, node: number, regime: number): number {
  // Long spans set no regime: a multiplier that lasted for years would just be another volatility.
  if (level < 6) return regime;
  return regime * Math.exp(REGIME_STRENGTH * normal(stream, level, node, 30) - REGIME_STRENGTH ** 2);
}

/** Sum of the shocks still felt at a minute: each strikes at once and is given back over about a day. */
export function jumpsAt(stream: number, minute: number, size: number): number {
  const today = Math.floor(minute / JUMP_BLOCK);
  let total = 0;
  for (let day = today - JUMP_MEMORY; day <= today; day++) {
    if (day < 0 || uniform(stream, 40, day, 11) > JUMP_CHANCE) continue;
    const strikes = day * JUMP_BLOCK + Math.floor(uniform(stream, 40, day, 12) * JUMP_BLOCK);
    if (strikes > minute) continue;
    const jump = size * (1 + Math.abs(normal(stream, 40, day, 13))) * (uniform(stream, 40, day, 14) < 0.56 ? -1 : 1);
    total += jump * Math.exp(-(minute - strikes) / JUMP_DECAY);
  }
  return total;
}

export const factorVolatility = FACTOR_VOLATILITY;
