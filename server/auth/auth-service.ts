import { randomBytes } from "node:crypto";
import { decode } from "next-auth/jwt";
import type { SiweMessage } from "siwe";
import type { PrismaApiKeyRepository } from "@/server/adapters/db/prisma-api-key-repository";
import type { PrismaNonceRepository } from "@/server/adapters/db/prisma-nonce-repository";
import type { PrismaSessionRepository } from "@/server/adapters/db/prisma-session-repository";
import type { PrismaUserRepository } from "@/server/adapters/db/prisma-user-repository";
import { type Clocks, DomainError, sha256, type TenantScope } from "@/server/shared";
import { apiKeyHash } from "./api-key";
import type { ContractSignatureVerifier } from "./contract-signature-verifier";
import { cookieValue, sessionCookieName } from "./cookies";
import type { RateLimit } from "./rate-limit";
import { tenantScope } from "./scope";
import { checkSignInPolicy, NONCE_TTL_MS, type SignInPolicy, signInPolicy } from "./sign-in-policy";
import { checkContractSiwe, signatureText, verifyContractSiwe } from "./verify-contract-siwe";
import { isNoKeySignature, parseSiwe, signedByKey, verifySiwe } from "./verify-siwe";

export const SESSION_TTL_MS = 14 * 86_400_000;
/** The demo trader's address: a precompile, which nobody can sign for. */
export const DEMO_ADDRESS = "0x0000000000000000000000000000000000000001";

/** Who is calling, and what they may do. */
export type Caller = {
  readonly scope: TenantScope;
  readonly userId: string;
  readonly via: "session" | "api-key";
  readonly sessionId: string | null;
  readonly address: string | null;
  readonly isDemo: boolean;
  readonly workspace: { readonly id: string; readonly name: string };
};
export type SignedIn = {
  readonly userId: string;
  readonly address: string;
  /** Of the identity: a contract wallet's own chain, 1 for every ordinary wallet. */
  readonly chainId: number;
  readonly sessionId: string;
  readonly sessionVersion: number;
};
type WalletSignIn = { message: unknown; signature: unknown; binding: string | null; userAgent: string | null; client: string };

type Deps = {
  readonly users: PrismaUserRepository;
  readonly sessions: PrismaSessionRepository;
  readonly nonces: PrismaNonceRepository;
  readonly apiKeys: PrismaApiKeyRepository;
  readonly clocks: Clocks;
  readonly secret: string;
  readonly origin: string;
  /** Sign-in without a wallet of one's own: demo and development only. */
  readonly demoSignIn: boolean;
  readonly limitSignIn: RateLimit;
  /** Without one, only ordinary wallets sign in. */
  readonly contractWallets?: ContractSignatureVerifier;
};

const nonceRefused = (): DomainError =>
  new DomainError("NONCE_REFUSED", "This sign-in request was used already or has expired: sign in again", {
    kind: "unauthenticated",
    field: "nonce",
  });

/** Sign-in and the recognition of callers. */
export class AuthService {
  readonly policy: SignInPolicy;
  constructor(private readonly deps: Deps) {
    this.policy = signInPolicy(deps.origin, deps.contractWallets?.chainIds);
  }

  /** A nonce that works once, within five minutes, for the browser that holds `binding` (made when absent). */
  async issueNonce(binding: string | null, client: string): Promise<{ nonce: string; binding: string; expiresAt: number; policy: SignInPolicy }> {
    await this.deps.limitSignIn(client);
    const held = binding && /^[\w-]{43}$/.test(binding) ? binding : randomBytes(32).toString("base64url");
    const nonce = randomBytes(16).toString("hex");
    const expiresAt = this.deps.clocks.wall.now() + NONCE_TTL_MS;
    await this.deps.nonces.issue({ nonce, binding: sha256(held), expiresAt });
    return { nonce, binding: held, expiresAt, policy: this.policy };
  }

  /**
   * Throws SIWE_*, NONCE_REFUSED (used, expired, unknown, or another browser's), RATE_LIMITED. SIWE_CHAIN_UNREACHABLE says nothing
   * about the signature: the nonce stays good, and the same message can be shown again.
   */
  async signInWithWallet(input: WalletSignIn): Promise<SignedIn> {
    await this.deps.limitSignIn(input.client);
    const now = this.deps.clocks.wall.now();
    const message = parseSiwe(input.message);
    const signature = signatureText(input.signature);
    const contract = this.asksChain(message, signature);
    if (contract) {
      checkContractSiwe(message, { domain: this.policy.domain, nowMs: now, chainIds: this.deps.contractWallets?.chainIds ?? [] });
    } else {
      await verifySiwe({ message: input.message, signature, domain: this.policy.domain, nonce: message.nonce, now: new Date(now) });
    }
    checkSignInPolicy(message, this.policy, now);
    const nonce = { nonce: message.nonce, binding: input.binding === null ? null : sha256(input.binding) };
    if (contract && this.deps.contractWallets) {
      // Only who holds an open nonce makes us ask a chain.
      if (nonce.binding === null || !(await this.deps.nonces.isOpen({ ...nonce, binding: nonce.binding, wallNow: now }))) throw nonceRefused();
      await verifyContractSiwe(message, signature, this.deps.contractWallets);
    }
    // Last, and atomic: a refused message does not burn the nonce, an accepted one can never be shown again.
    const wallNow = this.deps.clocks.wall.now();
    if (nonce.binding === null || !(await this.deps.nonces.consume({ ...nonce, binding: nonce.binding, wallNow }))) throw nonceRefused();
    return this.openSession({ address: message.address, chainId: contract ? message.chainId : this.policy.chainId }, false, input.userAgent);
  }

  /** A valid signature of an ordinary wallet never needs a chain; one that is none could be a contract wallet's, if its chain can be asked. */
  private asksChain(message: SiweMessage, signature: string): boolean {
    if (signedByKey(message, signature)) return false;
    return isNoKeySignature(signature) || (this.deps.contractWallets?.chainIds.includes(message.chainId) ?? false);
  }

  /** Throws DEMO_SIGN_IN_OFF in production. */
  async signInAsDemo(input: { userAgent: string | null; client: string }): Promise<SignedIn> {
    if (!this.deps.demoSignIn) throw new DomainError("DEMO_SIGN_IN_OFF", "The demo trader exists only in the demo", { kind: "forbidden" });
    await this.deps.limitSignIn(input.client);
    return this.openSession({ address: DEMO_ADDRESS, chainId: this.policy.chainId }, true, input.userAgent);
  }

  private async openSession(identity: { address: string; chainId: number }, isDemo: boolean, userAgent: string | null): Promise<SignedIn> {
    const { user } = await this.deps.users.signIn({ ...identity, isDemo, marketNow: this.deps.clocks.market.now() });
    const session = await this.deps.sessions.create({ userId: user.id, wallNow: this.deps.clocks.wall.now(), ttlMs: SESSION_TTL_MS, userAgent });
    return { userId: user.id, ...identity, sessionId: session.sessionId, sessionVersion: session.sessionVersion };
  }

  /** Ends the session that a cookie's claims name; anything else is nothing to end. */
  async signOut(claims: { sub?: string | null; sid?: unknown } | null | undefined): Promise<void> {
    if (typeof claims?.sub !== "string" || typeof claims.sid !== "string") return;
    await this.deps.sessions.revoke(claims.sub, claims.sid, this.deps.clocks.wall.now());
  }

  /** The caller behind a request's headers: an API key or a session cookie whose session still stands. Null for anybody else. */
  async authenticate(headers: Headers): Promise<Caller | null> {
    const bearer = /^Bearer (\S+)$/.exec(headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) return this.byApiKey(bearer);
    const token = cookieValue(headers.get("cookie"), sessionCookieName(this.deps.origin));
    return token ? this.bySession(token) : null;
  }

  private async byApiKey(key: string): Promise<Caller | null> {
    const hash = apiKeyHash(key);
    const found = hash && (await this.deps.apiKeys.findValid(hash, this.deps.clocks.wall.now()));
    if (!found) return null;
    const membership = (await this.deps.users.memberships(found.userId)).find((m) => m.workspaceId === found.workspaceId);
    const user = await this.deps.users.find(found.userId);
    return {
      scope: tenantScope({ workspaceId: found.workspaceId, actor: { kind: "api-key", id: found.apiKeyId }, role: found.role, scopes: found.scopes }),
      userId: found.userId,
      via: "api-key",
      sessionId: null,
      address: user?.address ?? null,
      isDemo: user?.isDemo ?? false,
      workspace: { id: found.workspaceId, name: membership?.name ?? "" },
    };
  }

  private async bySession(token: string): Promise<Caller | null> {
    const claims = await decode({ token, secret: this.deps.secret }).catch(() => null);
    if (!claims || typeof claims.sid !== "string" || typeof claims.sv !== "number") return null;
    const found = await this.deps.sessions.findValid(claims.sid, claims.sv, this.deps.clocks.wall.now());
    if (!found?.workspace || found.user.id !== claims.sub) return null;
    return {
      scope: tenantScope({ workspaceId: found.workspace.id, actor: { kind: "user", id: found.user.id }, role: found.workspace.role }),
      userId: found.user.id,
      via: "session",
      sessionId: found.session.id,
      address: found.user.address,
      isDemo: found.user.isDemo,
      workspace: { id: found.workspace.id, name: found.workspace.name },
    };
  }
}
