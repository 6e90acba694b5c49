import { verifyMessage } from "ethers";
import { SiweMessage } from "siwe";
import { DomainError } from "@/server/shared";

const MAX_MESSAGE = 4000;
const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;

const refused = (code: string, message: string, field: string): DomainError => new DomainError(code, message, { kind: "unauthenticated", field });

/**
 * Parses and verifies a signed EIP-4361 message of an ordinary wallet. Strings only: the library's object constructor accepts
 * messages that its parser refuses. `domain` and `nonce` are always compared; without them the library would pass any.
 * Throws SIWE_NOT_TEXT, SIWE_SIGNATURE_SHAPE, SIWE_MALFORMED, SIWE_REFUSED (with the library's reason).
 */
export async function verifySiwe(input: { message: unknown; signature: unknown; domain: string; nonce: string; now: Date }): Promise<SiweMessage> {
  const parsed = parseSiwe(input.message);
  // First by ourselves: what no key can have made, the library would print to the console on its way to refusing it.
  if (typeof input.signature !== "string" || !SIGNATURE.test(input.signature))
    throw refused("SIWE_SIGNATURE_SHAPE", "The signature must be 65 bytes in hex", "signature");
  if (signerOf(parsed, input.signature) !== parsed.address) throw refused("SIWE_REFUSED", "The signature is not this wallet's", "signature");
  const result = await parsed
    .verify(
      {
        signature: input.signature,
        domain: input.domain,
        nonce: input.nonce,
        time: input.now.toISOString(),
        ...(parsed.scheme ? { scheme: parsed.scheme } : {}),
      },
      { suppressExceptions: true },
    )
    .catch((cause: unknown) => {
      throw new DomainError("SIWE_REFUSED", "The signature could not be checked", { kind: "unauthenticated", field: "signature", cause });
    });
  if (!result.success) throw refused("SIWE_REFUSED", `The signed message was refused: ${result.error?.type ?? "it does not match"}`, "signature");
  return parsed;
}

/** True when the message's own address made the signature with its key: an ordinary wallet, no chain needed. */
export const signedByKey = (message: SiweMessage, signature: string): boolean =>
  SIGNATURE.test(signature) && signerOf(message, signature) === message.address;

/** True when only a contract wallet can have made it: a key's signature has 65 bytes. */
export const isNoKeySignature = (signature: string): boolean => !SIGNATURE.test(signature);

function signerOf(message: SiweMessage, signature: string): string | null {
  try {
    return verifyMessage(message.prepareMessage(), signature);
  } catch {
    return null;
  }
}

/** Throws SIWE_NOT_TEXT, SIWE_MALFORMED. */
export function parseSiwe(message: unknown): SiweMessage {
  if (typeof message !== "string") throw refused("SIWE_NOT_TEXT", "The message must be the signed text itself", "message");
  if (message.length > MAX_MESSAGE) throw refused("SIWE_MALFORMED", "The message is too long", "message");
  try {
    return new SiweMessage(message);
  } catch (cause) {
    throw new DomainError("SIWE_MALFORMED", "The message is not a valid Sign-In with Ethereum message", {
      kind: "unauthenticated",
      field: "message",
      cause,
    });
  }
}
