import type { SiweMessage } from "siwe";
import { getAddress } from "viem";
import { DomainError } from "@/server/shared";

/** What a sign-in message must say word for word. */
export type SignInPolicy = {
  readonly domain: string;
  readonly uri: string;
  readonly statement: string;
  /** The chain of an ordinary wallet's identity, and the one to name when the wallet is on no chain of `chainIds`. */
  readonly chainId: number;
  /** Every chain that a message may name: `chainId`, and those whose contract wallets can be checked. */
  readonly chainIds: readonly number[];
  readonly version: "1";
};

export const NONCE_TTL_MS = 5 * 60_000;
const CLOCK_SKEW_MS = 60_000;

/** An ordinary wallet's key is the same person on every chain, whichever of them its message names. */
const KEY_CHAIN_ID = 1;

/** The policy of a product reached at `origin` that can ask `contractChainIds` about contract wallets. */
export function signInPolicy(origin: string, contractChainIds: readonly number[] = []): SignInPolicy {
  return {
    domain: new URL(origin).host,
    uri: origin,
    statement: "Sign in to MemePulse. This signature moves no money and allows no trade.",
    chainId: KEY_CHAIN_ID,
    chainIds: [...new Set([KEY_CHAIN_ID, ...contractChainIds])],
    version: "1",
  };
}

/**
 * Everything the library does not compare: URI, scheme, chain id, version, statement, address case, and the times. Stricter than
 * EIP-4361: an expiration is required, and a message issued longer ago than a nonce lives is stale.
 * Throws SIWE_URI, SIWE_SCHEME, SIWE_CHAIN, SIWE_VERSION, SIWE_STATEMENT, SIWE_ADDRESS_CASE, SIWE_NO_EXPIRATION, SIWE_EXPIRATION_TOO_FAR, SIWE_STALE.
 */
export function checkSignInPolicy(message: SiweMessage, policy: SignInPolicy, nowMs: number): void {
  const refuse = (code: string, text: string): never => {
    throw new DomainError(code, text, { kind: "unauthenticated", field: "message" });
  };
  if (message.uri !== policy.uri) refuse("SIWE_URI", "The message was signed for another address of this product");
  if (message.scheme && `${message.scheme}:` !== new URL(policy.uri).protocol) refuse("SIWE_SCHEME", "The message was signed for another protocol");
  if (!policy.chainIds.includes(message.chainId)) refuse("SIWE_CHAIN", `The message must name chain ${policy.chainIds.join(" or ")}`);
  if (message.version !== policy.version) refuse("SIWE_VERSION", "The message has another version");
  if (message.statement !== policy.statement) refuse("SIWE_STATEMENT", "The message says something else than this product asks to sign");
  if (message.address !== getAddress(message.address)) refuse("SIWE_ADDRESS_CASE", "The wallet address must be in EIP-55 form");
  const issued = Date.parse(message.issuedAt ?? "");
  const expires = Date.parse(message.expirationTime ?? "");
  if (!Number.isFinite(expires)) refuse("SIWE_NO_EXPIRATION", "The message must expire");
  if (!Number.isFinite(issued) || issued > nowMs + CLOCK_SKEW_MS || issued < nowMs - NONCE_TTL_MS)
    refuse("SIWE_STALE", "The message was signed too long ago: sign in again");
  if (expires > issued + 2 * NONCE_TTL_MS) refuse("SIWE_EXPIRATION_TOO_FAR", "The message would be valid for too long");
}
