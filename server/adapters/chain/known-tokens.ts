import type { Address } from "viem";

/** Stablecoins as their issuers publish them (Circle's and Tether's lists of contract addresses), by EIP-155 chain id. */
export const KNOWN_TOKENS: ReadonlyMap<number, readonly Address[]> = new Map<number, readonly Address[]>([
  [1, ["0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "0xdAC17F958D2ee523a2206206994597C13D831ec7"]],
  [10, ["0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85"]],
  [137, ["0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359"]],
  [8453, ["0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"]],
  [42161, ["0xaf88d065e77c8cC2239327C5EDb3A432268e5831"]],
]);
