import { INTERVAL_MS, type Interval } from "@/server/market";

const MINUTE = 60_000;
/** Prices count hundredths, volumes hundred-millionths: whole numbers, so that every text below is exact by construction. */
export type PublicBar = {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
};

/** The market behind a test venue: minute bars from a formula, with holes, seen at a clock that tests hold. */
export class PublicMarket {
  /** Minutes (open time, ms) in which nothing traded. */
  readonly missing = new Set<number>();
  /** Nothing trades from here on (ms); null = trading goes on. */
  frozenFrom: number | null = null;
  /** Added to every price (hundredths). */
  shift = 0;
  constructor(
    /** The venue's clock (ms). */
    public now: number,
    readonly symbols: readonly string[] = ["BTC/USDT", "ETH/USDT"],
    /** Nothing before it (ms). */
    readonly listed = 0,
  ) {}

  /** Bars that have opened by now and open in [from, to], oldest first; the last may be forming. */
  bars(symbol: string, interval: Interval, from: number, to: number): PublicBar[] {
    const ms = INTERVAL_MS[interval];
    const found: PublicBar[] = [];
    for (let at = Math.ceil(Math.max(from, this.listed) / ms) * ms; at <= Math.min(to, this.now); at += ms) {
      const bar = this.#merged(symbol, at, ms);
      if (bar) found.push(bar);
    }
    return found;
  }

  /** The last traded price, and when its minute opened. */
  last(symbol: string): { readonly price: number; readonly at: number } {
    const bars = this.bars(symbol, "1m", this.now - 300 * MINUTE, this.now);
    const bar = bars[bars.length - 1];
    return { price: bar?.close ?? 100, at: bar?.openTime ?? 0 };
  }

  #merged(symbol: string, from: number, ms: number): PublicBar | null {
    let merged: PublicBar | null = null;
    for (let at = from; at < from + ms && at <= this.now; at += MINUTE) {
      const b = this.#minute(symbol, at);
      if (b) merged = merged === null ? { ...b, openTime: from } : join(merged, b);
    }
    return merged;
  }

  #minute(symbol: string, openTime: number): PublicBar | null {
    if (this.missing.has(openTime) || openTime < this.listed || (this.frozenFrom !== null && openTime >= this.frozenFrom)) return null;
    const n = openTime / MINUTE;
    const open = level(symbol, n) + this.shift;
    const finished = openTime + MINUTE <= this.now;
    // A forming bar has seen a part of its minute only.
    const close = finished ? level(symbol, n + 1) + this.shift : open + ((n * 7 + Math.floor(this.now / 1000)) % 11);
    const spread = (n * 31) % 97;
    return {
      openTime,
      open,
      close,
      high: Math.max(open, close) + (finished ? spread : 0),
      low: Math.min(open, close) - (finished ? spread : 0),
      volume: (finished ? 1_234_567 : 4_321) + ((n * 104_729) % 99_999_989),
    };
  }
}

const join = (a: PublicBar, b: PublicBar): PublicBar => ({
  openTime: a.openTime,
  open: a.open,
  high: Math.max(a.high, b.high),
  low: Math.min(a.low, b.low),
  close: b.close,
  volume: a.volume + b.volume,
});

function level(symbol: string, n: number): number {
  const base = symbol.startsWith("BTC") ? 9_700_001 : 270_003;
  return base + ((n * 7_919) % 10_007) - 5_003 + (Math.floor(n / 60) % 1_009);
}

/** Hundredths as decimal text with `decimals` digits, as the venue pads it. */
export const priceText = (hundredths: number, decimals = 2): string =>
  `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`.padEnd(
    String(Math.floor(hundredths / 100)).length + 1 + decimals,
    "0",
  );

/** Hundred-millionths as decimal text with 8 digits. */
export const volumeText = (units: number): string => `${Math.floor(units / 1e8)}.${String(units % 1e8).padStart(8, "0")}`;
