import type { SiweMessage } from "siwe";
import { DomainError } from "@/server/shared";
import type { ContractSignatureVerifier } from "./contract-signature-verifier";

/** Bytes. An EIP-6492 signature carries the call that deploys its wallet: a few thousand bytes at most. */
const MAX_SIGNATURE = 8192;
const HEX_BYTES = /^0x(?:[0-9a-fA-F]{2})+$/;
/** The zero address, which the reference validator finds behind any signature that no key can have made, and the chains' built-in contracts. */
const RESERVED = /^0x0{36}/;

const refused = (code: string, message: string, field: string): DomainError => new DomainError(code, message, { kind: "unauthenticated", field });

/** A signature of any kind of wallet, by its shape alone. Throws SIWE_SIGNATURE_SHAPE. */
export function signatureText(value: unknown): string {
  // Length first: the pattern is not run over what nobody can have meant.
  if (typeof value !== "string" || value.length > 2 + 2 * MAX_SIGNATURE || !HEX_BYTES.test(value))
    throw refused("SIWE_SIGNATURE_SHAPE", `The signature must be hex of 1 to ${MAX_SIGNATURE} bytes`, "signature");
  return value;
}

/**
 * What needs no chain, in the library's words: domain and times. The library itself cannot be asked, since it would look for an
 * ordinary wallet's key. Throws SIWE_REFUSED, SIWE_CHAIN_NOT_CONFIGURED.
 */
export function checkContractSiwe(message: SiweMessage, expected: { domain: string; nowMs: number; chainIds: readonly number[] }): void {
  const refuse = (why: string) => {
    throw refused("SIWE_REFUSED", `The signed message was refused: ${why}`, "message");
  };
  if (message.domain !== expected.domain) refuse("its domain is not this product's");
  if (message.expirationTime && !(Date.parse(message.expirationTime) > expected.nowMs)) refuse("it has expired");
  if (message.notBefore && !(Date.parse(message.notBefore) <= expected.nowMs)) refuse("it is not valid yet");
  if (RESERVED.test(message.address)) throw refused("SIWE_REFUSED", "Nobody can sign for this address", "message");
  if (!expected.chainIds.includes(message.chainId))
    throw refused(
      "SIWE_CHAIN_NOT_CONFIGURED",
      `This is a contract wallet's signature, and this installation cannot ask chain ${message.chainId} about it`,
      "chainId",
    );
}

/** Asks the message's chain. Call it last of all checks. Throws SIWE_REFUSED, SIWE_CHAIN_UNREACHABLE. */
export async function verifyContractSiwe(message: SiweMessage, signature: string, verifier: ContractSignatureVerifier): Promise<void> {
  const { chainId, address } = message;
  if (!(await verifier.verify({ chainId, address, message: message.prepareMessage(), signature })))
    throw refused("SIWE_REFUSED", "The signature is not this wallet's", "signature");
}
