import { INTERVALS, type Interval, type SymbolId } from "@/server/market";

/** Longest first, so that BTCUSDT is BTC/USDT and not BTCUS/DT. */
const QUOTES = ["FDUSD", "USDT", "USDC", "TUSD", "BUSD", "USD", "EUR", "GBP", "BTC", "ETH", "BNB"] as const;

export type CandleFileName = { readonly venue: string; readonly symbol: SymbolId; readonly interval: Interval };

/** Reads `<venue>_<BASE><QUOTE>_<step>.csv[.gz]`; null when the name is not of that form. */
export function parseCandleFileName(name: string): CandleFileName | null {
  const m = /^([a-z0-9-]+)_([A-Z0-9]+)_([0-9]+[mhd])\.csv(?:\.gz)?$/.exec(name);
  if (!m) return null;
  const [, venue, pair, step] = m as unknown as [string, string, string, string];
  const interval = INTERVALS.find((i) => i === step);
  const quote = QUOTES.find((q) => pair.endsWith(q) && pair.length > q.length);
  return interval && quote ? { venue, symbol: `${pair.slice(0, -quote.length)}/${quote}`, interval } : null;
}
