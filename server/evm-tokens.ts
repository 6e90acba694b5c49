import { type Address, getAddress, isAddress } from "viem";

/** Token contracts to look for, by EIP-155 chain id. */
export type EvmTokens = ReadonlyMap<number, readonly Address[]>;

/** Reads "1=0x…,8453=0x…"; a chain may come several times. Returns a sentence for the person who set the variable when it is wrong. */
export function parseEvmTokens(text: string): EvmTokens | string {
  const tokens = new Map<number, Address[]>();
  const pairs = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  for (const [index, pair] of pairs.entries()) {
    const [, id = "", address = ""] = /^([1-9]\d{0,9})=(\S+)$/.exec(pair) ?? [];
    if (!isAddress(address, { strict: false })) return `must be pairs of chain id and token address, like 8453=0x…: pair ${index + 1} is not one`;
    tokens.set(Number(id), [...(tokens.get(Number(id)) ?? []), getAddress(address)]);
  }
  return tokens;
}
