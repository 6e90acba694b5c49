import type { Token } from "./lex";

/** What people call coins besides their codes. */
const SPOKEN: Readonly<Record<string, string>> = {
  bitcoin: "BTC",
  ether: "ETH",
  ethereum: "ETH",
  solana: "SOL",
  ripple: "XRP",
  dogecoin: "DOGE",
  cardano: "ADA",
  avalanche: "AVAX",
  chainlink: "LINK",
  polkadot: "DOT",
  litecoin: "LTC",
  tron: "TRX",
  shiba: "SHIB",
  pepecoin: "PEPE",
  uniswap: "UNI",
  cosmos: "ATOM",
};
/** Words in front of a market. */
const BEFORE = new Set(["on", "with", "trading", "trade", "in", "from"]);

export type MarketReading = {
  readonly symbols: readonly string[];
  readonly taken: ReadonlySet<number>;
  /** A word that stands where a market would, written like one, that no feed knows. */
  readonly unknown: { readonly raw: string; readonly start: number; readonly end: number } | null;
};

/** Markets that are named: "DOGE", "DOGE/USDT", "doge-usdt", "dogecoin". `known` = symbols of the feed. */
export function readMarkets(tokens: readonly Token[], known: readonly string[]): MarketReading {
  const byBase = new Map<string, string>();
  for (const symbol of known) byBase.set(symbol.split("/")[0] ?? symbol, byBase.get(symbol.split("/")[0] ?? symbol) ?? symbol);
  const symbols: string[] = [];
  const taken = new Set<number>();
  let unknown: MarketReading["unknown"] = null;
  for (const [i, token] of tokens.entries()) {
    const pair = token.raw.toUpperCase().replace("-", "/");
    const base = SPOKEN[token.text] ?? pair;
    const symbol = known.includes(pair) ? pair : byBase.get(base);
    // Codes that are words as well ("LINK", "DOT", "ONE") only count in capitals, or after a word that leads to a market.
    const meant = token.text in SPOKEN || token.raw === token.raw.toUpperCase() || BEFORE.has(tokens[i - 1]?.text ?? "") || pair.includes("/");
    if (symbol && meant) {
      if (!symbols.includes(symbol)) symbols.push(symbol);
      taken.add(i);
    } else if (!symbol && /^[A-Z][A-Z0-9]{1,11}([/-][A-Z0-9]{2,6})?$/.test(token.raw) && BEFORE.has(tokens[i - 1]?.text ?? ""))
      unknown ??= { raw: token.raw, start: token.start, end: token.end };
  }
  return { symbols, taken, unknown };
}
