import type { RiskLevel } from "./types";

/** Sector of a coin when nobody has said otherwise. Coins that are not named are sectors of their own. */
export const SECTORS: Readonly<Record<string, string>> = {
  BTC: "store of value",
  BCH: "store of value",
  LTC: "store of value",
  ETH: "smart contracts",
  ADA: "smart contracts",
  ALGO: "smart contracts",
  APT: "smart contracts",
  ATOM: "smart contracts",
  AVAX: "smart contracts",
  BNB: "smart contracts",
  DOT: "smart contracts",
  EOS: "smart contracts",
  ETC: "smart contracts",
  NEAR: "smart contracts",
  SOL: "smart contracts",
  SUI: "smart contracts",
  TON: "smart contracts",
  TRX: "smart contracts",
  M: "smart contracts",
  ARB: "scaling",
  MATIC: "scaling",
  OP: "scaling",
  POL: "scaling",
  XLM: "payments",
  XMR: "payments",
  XRP: "payments",
  AAVE: "finance",
  COMP: "finance",
  CRV: "finance",
  MKR: "finance",
  UNI: "finance",
  FIL: "infrastructure",
  GRT: "infrastructure",
  ICP: "infrastructure",
  LINK: "infrastructure",
  BONK: "meme",
  DOGE: "meme",
  FLOKI: "meme",
  PEPE: "meme",
  SHIB: "meme",
  WIF: "meme",
  DAI: "stablecoins",
  TUSD: "stablecoins",
  USDC: "stablecoins",
  USDT: "stablecoins",
};

/** The sector of a market: as the narrowest level says that names it, else by the table, else the coin itself. */
export function sectorOf(symbol: string, levels: readonly Pick<RiskLevel, "limits">[]): string {
  for (const { limits } of levels) {
    const own = limits.sectors;
    if (own && Object.hasOwn(own, symbol)) return own[symbol] as string;
  }
  const base = symbol.split("/")[0] ?? symbol;
  return Object.hasOwn(SECTORS, base) ? (SECTORS[base] as string) : base;
}
