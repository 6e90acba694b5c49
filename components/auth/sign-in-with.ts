import { signIn } from "next-auth/react";

/** `chainId`: the chain the wallet is on, when it says so. A contract wallet is known to its own chain only. */
export type Signer = { readonly address: string; readonly chainId?: number; readonly sign: (message: string) => Promise<string> };
export type SignInWay = { readonly kind: "wallet"; readonly signer: () => Promise<Signer> } | { readonly kind: "burner" } | { readonly kind: "demo" };

type Policy = { domain: string; uri: string; statement: string; chainId: number; chainIds: number[]; version: "1" };
type Nonce = { nonce: string; policy: Policy };

const RATE_LIMITED = "Too many sign-ins. Nothing was changed. Wait a minute and try again.";
const NO_ANSWER = "The server did not answer. Nothing was changed. Try again in a moment.";
const WORDS: Readonly<Record<string, string>> = {
  NONCE_REFUSED: "This sign-in request was used already or has expired. Nothing was changed. Sign in again.",
  RATE_LIMITED,
  SIWE_CHAIN_UNREACHABLE:
    "This wallet is a contract, and the network that knows it did not answer. Nothing was changed, and your signature was not refused. Try again in a moment.",
  SIWE_CHAIN_NOT_CONFIGURED:
    "This wallet is a contract on a network that this installation does not ask. Nothing was changed. Switch the wallet to another network, or sign in with another wallet.",
  SIWE_REFUSED:
    "The signature is not this wallet's. Nothing was changed. Sign in again; a contract wallet can sign in only from a network that this installation asks.",
  SIWE_STALE: "The message was signed too long ago. Sign in again.",
};

/** Signs in one way; null when it worked, else a sentence for the person. */
export async function signInWith(way: SignInWay): Promise<string | null> {
  try {
    if (way.kind === "demo") return wordsFor(await signIn("demo", { redirect: false }));
    const signer = way.kind === "burner" ? await burner() : await way.signer();
    const response = await fetch("/api/auth/nonce", { cache: "no-store" }).catch(() => null);
    if (!response) return NO_ANSWER;
    if (!response.ok) return response.status === 429 ? RATE_LIMITED : NO_ANSWER;
    const {
      nonce,
      policy: { chainIds, ...policy },
    } = (await response.json()) as Nonce;
    const { createSiweMessage } = await import("viem/siwe");
    const issuedAt = new Date();
    const message = createSiweMessage({
      ...policy,
      ...(signer.chainId !== undefined && chainIds.includes(signer.chainId) ? { chainId: signer.chainId } : {}),
      address: signer.address as `0x${string}`,
      nonce,
      issuedAt,
      expirationTime: new Date(issuedAt.getTime() + 5 * 60_000),
    });
    return wordsFor(await signIn("siwe", { redirect: false, message, signature: await signer.sign(message) }));
  } catch (error) {
    const text = error instanceof Error ? error.message : "";
    if (way.kind !== "wallet") return NO_ANSWER;
    return /reject|denied/i.test(text)
      ? "The wallet did not sign. Nothing was changed."
      : "The wallet could not be reached. Nothing was changed. Unlock it and try again.";
  }
}

function wordsFor(result: { error?: string | null; ok?: boolean } | undefined): string | null {
  if (result?.ok && !result.error) return null;
  return WORDS[result?.error ?? ""] ?? `Sign-in was refused (${result?.error ?? "no answer"}). Nothing was changed. Try again.`;
}

const STORE = "memepulse-burner";

/** A key that lives in this browser only: for the demo, never for money. */
async function burner(): Promise<Signer> {
  const { generatePrivateKey, privateKeyToAccount } = await import("viem/accounts");
  const kept = localStorage.getItem(STORE);
  const key = (kept as `0x${string}` | null) ?? generatePrivateKey();
  if (!kept) localStorage.setItem(STORE, key);
  const account = privateKeyToAccount(key);
  return { address: account.address, sign: (message) => account.signMessage({ message }) };
}
