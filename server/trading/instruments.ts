import type { SymbolId } from "@/server/market";
import { DomainError, type Fixed, fixed, min } from "@/server/shared";
import type { Instrument } from "./types";

/** Maker and taker fee as fractions of the notional. */
export type Fees = { readonly makerFee: Fixed; readonly takerFee: Fixed };

/** What a retail account pays on most large spot venues: 10 bp both ways. */
export const DEFAULT_FEES: Fees = { makerFee: fixed("0.001"), takerFee: fixed("0.001") };

/** Tick and lot of the symbols whose venue rules we know. */
const KNOWN: Readonly<Record<string, readonly [tick: string, lot: string]>> = {
  "BTC/USDT": ["0.01", "0.00001"],
  "ETH/USDT": ["0.01", "0.0001"],
  "SOL/USDT": ["0.01", "0.001"],
  "BNB/USDT": ["0.01", "0.001"],
  "XRP/USDT": ["0.0001", "0.1"],
  "DOGE/USDT": ["0.00001", "1"],
};

/** Base and quote of "BASE/QUOTE". Throws INVALID_SYMBOL. */
export function splitSymbol(symbol: SymbolId): { readonly base: string; readonly quote: string } {
  const m = /^([A-Z0-9]{1,20})\/([A-Z0-9]{2,10})$/.exec(symbol);
  if (!m) throw new DomainError("INVALID_SYMBOL", `"${symbol.slice(0, 40)}" is not a symbol like BTC/USDT`, { field: "symbol" });
  return { base: m[1] as string, quote: m[2] as string };
}

/**
 * Venue rules of a symbol. Unknown symbols (candle files) get a tick of as many decimals as their prices were seen with (known ones too where
 * the files are finer: venues have had other ticks in other years),
 * and a lot worth some cents at `priceHint`: the power of ten next below 0.1 / price, between 10^-8 and 1.
 */
export function instrumentFor(
  symbol: SymbolId,
  seen: { readonly priceDecimals: number; readonly priceHint: number } | null,
  fees: Fees = DEFAULT_FEES,
): Instrument {
  const { base, quote } = splitSymbol(symbol);
  const known = KNOWN[symbol];
  const seenTick = seen ? tenTo(-seen.priceDecimals) : null;
  const tickSize = known ? min(fixed(known[0]), seenTick ?? fixed(known[0])) : (seenTick ?? fixed("0.00000001"));
  const lotSize = known ? fixed(known[1]) : tenTo(seen && seen.priceHint > 0 ? clamp(Math.floor(Math.log10(0.1 / seen.priceHint)), -8, 0) : -8);
  return { symbol, base, quote, tickSize, lotSize, minQuantity: lotSize, maxQuantity: fixed("1000000000"), minNotional: fixed("5"), ...fees };
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
const tenTo = (exponent: number): Fixed => (exponent >= 0 ? fixed(`1${"0".repeat(exponent)}`) : fixed(`0.${"0".repeat(-exponent - 1)}1`));
