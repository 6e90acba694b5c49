/** Markets: labels, candles, symbols. Decimals travel as exact text, times as ms since 1970 UTC. */

export type MarketLabel = { kind: "simulated" | "files" | "exchange"; label: string };

export type CandleView = { t: number; o: string; h: string; l: string; c: string; v: string };

export type CandlesView = {
  symbol: string;
  interval: string;
  source: MarketLabel;
  tickDecimals: number;
  lotDecimals: number;
  candles: CandleView[];
  markers: { turnId: string; at: number; action: string; outcome: string | null; asked: string | null; filled: string | null }[];
};

export type SymbolView = {
  symbol: string;
  base: string;
  quote: string;
  intervals: string[];
  lastPrice: string | null;
  minNotional: string;
  lotSize: string;
  tickSize: string;
  makerFeeBp: string;
  takerFeeBp: string;
};
