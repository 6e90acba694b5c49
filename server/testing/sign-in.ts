import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { Database } from "@/server/adapters/db/database";
import { PrismaApiKeyRepository } from "@/server/adapters/db/prisma-api-key-repository";
import { PrismaNonceRepository } from "@/server/adapters/db/prisma-nonce-repository";
import { PrismaSessionRepository } from "@/server/adapters/db/prisma-session-repository";
import { PrismaUserRepository } from "@/server/adapters/db/prisma-user-repository";
import { AuthService } from "@/server/auth/auth-service";
import type { ContractSignatureVerifier } from "@/server/auth/contract-signature-verifier";
import type { RateLimit } from "@/server/auth/rate-limit";
import { WallMarketClock } from "@/server/market";
import { TestClock } from "./live-agents";

export const TEST_ORIGIN = "http://127.0.0.1:4500";
export const TEST_SECRET = "a secret of at least thirty-two characters";

export type SiweFields = {
  scheme?: string;
  domain: string;
  address: string;
  statement?: string | undefined;
  uri: string;
  version: string;
  chainId: number | string;
  nonce: string;
  issuedAt: string;
  expirationTime?: string | undefined;
  notBefore?: string | undefined;
  requestId?: string | undefined;
  resources?: readonly string[] | undefined;
};

/** An EIP-4361 message written out by hand, checked by nothing: tests need wrong ones too. */
export function siweText(f: SiweFields): string {
  return [
    `${f.scheme ? `${f.scheme}://` : ""}${f.domain} wants you to sign in with your Ethereum account:`,
    f.address,
    "",
    ...(f.statement === undefined ? [] : [f.statement]),
    "",
    `URI: ${f.uri}`,
    `Version: ${f.version}`,
    `Chain ID: ${f.chainId}`,
    `Nonce: ${f.nonce}`,
    `Issued At: ${f.issuedAt}`,
    ...(f.expirationTime === undefined ? [] : [`Expiration Time: ${f.expirationTime}`]),
    ...(f.notBefore === undefined ? [] : [`Not Before: ${f.notBefore}`]),
    ...(f.requestId === undefined ? [] : [`Request ID: ${f.requestId}`]),
    ...(f.resources === undefined ? [] : ["Resources:", ...f.resources.map((r) => `- ${r}`)]),
  ].join("\n");
}

/** Sign-in over a real database with a clock and a wallet that the test holds. */
export function signInFixture(
  db: Database,
  options: {
    demoSignIn?: boolean;
    limitSignIn?: RateLimit;
    nonces?: PrismaNonceRepository;
    start?: number;
    contractWallets?: ContractSignatureVerifier;
  } = {},
) {
  const clock = new TestClock(options.start ?? Date.UTC(2026, 10, 2, 12));
  const users = new PrismaUserRepository(db);
  const sessions = new PrismaSessionRepository(db);
  const apiKeys = new PrismaApiKeyRepository(db);
  const auth = new AuthService({
    users,
    sessions,
    nonces: options.nonces ?? new PrismaNonceRepository(db),
    apiKeys,
    clocks: { wall: clock, market: new WallMarketClock(clock) },
    secret: TEST_SECRET,
    origin: TEST_ORIGIN,
    demoSignIn: options.demoSignIn ?? false,
    limitSignIn: options.limitSignIn ?? (async () => {}),
    ...(options.contractWallets ? { contractWallets: options.contractWallets } : {}),
  });
  const wallet = privateKeyToAccount(generatePrivateKey());
  /** What the sign-in page builds, with what a test changes. */
  const fields = (nonce: string, change: Partial<SiweFields> = {}): SiweFields => ({
    ...auth.policy,
    address: wallet.address,
    nonce,
    issuedAt: new Date(clock.now()).toISOString(),
    expirationTime: new Date(clock.now() + 300_000).toISOString(),
    ...change,
  });
  const sign = async (message: string) => ({ message, signature: await wallet.signMessage({ message }) });
  const submit = (signed: { message: unknown; signature: unknown }, binding: string | null) =>
    auth.signInWithWallet({ ...signed, binding, userAgent: "test", client: "test" });
  /** Nonce, signature, session: the whole way in. */
  const signIn = async () => {
    const { nonce, binding } = await auth.issueNonce(null, "test");
    return submit(await sign(siweText(fields(nonce))), binding);
  };
  return { clock, users, sessions, apiKeys, auth, wallet, fields, sign, submit, signIn };
}
