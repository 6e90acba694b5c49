import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { PrismaNonceRepository } from "@/server/adapters/db/prisma-nonce-repository";
import { LiveSessionService } from "@/server/api/services-live/session-service";
import { DomainError } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { postSignIn, postSignOut } from "@/server/testing/next-auth-endpoint";
import { sharedFile, sharedJson } from "@/server/testing/shared-data";
import { type SiweFields, signInFixture, siweText, TEST_ORIGIN, TEST_SECRET } from "@/server/testing/sign-in";
import { authOptions } from "./auth-options";
import type { SignedIn } from "./auth-service";
import { rateLimit } from "./rate-limit";

const codeOf = (e: unknown): string => (e instanceof DomainError ? e.code : String(e));
const outcome = (call: Promise<unknown>): Promise<string> => call.then(() => "signed in", codeOf);
const cookieFor = async (s: SignedIn): Promise<Headers> =>
  new Headers({
    cookie: `next-auth.session-token=${await encode({ secret: TEST_SECRET, token: { sub: s.userId, sid: s.sessionId, sv: s.sessionVersion } })}`,
  });

/** The mistake this product must not make: look first, mark later. */
class CheckThenSetNonces extends PrismaNonceRepository {
  constructor(private readonly database: ConstructorParameters<typeof PrismaNonceRepository>[0]) {
    super(database);
  }
  override async consume(input: { nonce: string; binding: string; wallNow: number }): Promise<boolean> {
    const row = await this.database.prisma.signInNonce.findFirst({ where: { nonce: input.nonce, binding: input.binding, usedAt: null } });
    if (!row) return false;
    await this.database.prisma.signInNonce.update({ where: { nonce: input.nonce }, data: { usedAt: new Date(input.wallNow) } });
    return true;
  }
}

describeDatabase("signing in with a wallet", (db) => {
  const options = (f: ReturnType<typeof signInFixture>) => authOptions(f.auth, { secret: TEST_SECRET, origin: TEST_ORIGIN });

  it("goes from nonce to signature to session to a recognised caller, through next-auth's own endpoint", async () => {
    const f = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce)));
    const answer = await postSignIn(options(f), "siwe", signed, { "mp-sign-in": binding });
    expect(answer.error).toBeNull();
    const caller = await f.auth.authenticate(new Headers({ cookie: `a=b; next-auth.session-token=${answer.session}` }));
    expect(caller).toMatchObject({
      via: "session",
      address: f.wallet.address,
      isDemo: false,
      scope: { role: "owner", scopes: ["read", "trade", "admin"] },
    });
    expect(caller?.scope.workspaceId).toBe(caller?.workspace.id);
    const again = await postSignIn(options(f), "siwe", signed, { "mp-sign-in": binding });
    expect(again).toMatchObject({ error: "NONCE_REFUSED", session: null });
    expect(await db().prisma.session.count()).toBe(1);
  });

  it("needs the CSRF token of the same browser", async () => {
    const f = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce)));
    const answer = await postSignIn(options(f), "siwe", signed, { "mp-sign-in": binding, "next-auth.csrf-token": "made|up" });
    expect(answer.session).toBeNull();
    expect(await db().prisma.session.count()).toBe(0);
  });

  const objects = Object.entries(sharedJson<object>("siwe/parsing_negative_objects.json"));
  it.skipIf(sharedFile("siwe/parsing_negative_objects.json") === null)("refuses every object of the vectors at the endpoint", async () => {
    const f = signInFixture(db());
    expect(objects.length).toBeGreaterThan(0);
    for (const [name, message] of objects) {
      const { binding } = await f.auth.issueNonce(null, "c");
      const answer = await postSignIn(options(f), "siwe", { message, signature: `0x${"1".repeat(130)}` }, { "mp-sign-in": binding });
      expect({ name, error: answer.error, session: answer.session }).toEqual({ name, error: "SIWE_NOT_TEXT", session: null });
    }
    expect(await db().prisma.session.count()).toBe(0);
    expect(await db().prisma.user.count()).toBe(0);
  });

  it("lets exactly one of a hundred simultaneous submissions of one nonce in", async () => {
    const f = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce)));
    const results = await Promise.all(Array.from({ length: 100 }, () => outcome(f.submit(signed, binding))));
    expect(results.filter((r) => r === "signed in")).toHaveLength(1);
    expect(results.filter((r) => r === "NONCE_REFUSED")).toHaveLength(99);
    expect(await db().prisma.session.count()).toBe(1);
  });

  it("negative control: a nonce that is looked at first and marked later lets several in", async () => {
    const f = signInFixture(db(), { nonces: new CheckThenSetNonces(db()) });
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce)));
    const results = await Promise.all(Array.from({ length: 20 }, () => outcome(f.submit(signed, binding))));
    expect(results.filter((r) => r === "signed in").length).toBeGreaterThan(1);
  });

  const at = (ms: number) => new Date(ms).toISOString();
  const changes: [string, string, (now: number) => Partial<SiweFields>][] = [
    ["another domain", "SIWE_REFUSED", () => ({ domain: "memepulse.example" })],
    ["another URI", "SIWE_URI", () => ({ uri: "https://memepulse.example" })],
    ["a path behind the URI", "SIWE_URI", () => ({ uri: `${TEST_ORIGIN}/elsewhere` })],
    ["another protocol before the domain", "SIWE_SCHEME", () => ({ scheme: "https" })],
    ["another chain", "SIWE_CHAIN", () => ({ chainId: 137 })],
    ["another statement", "SIWE_STATEMENT", () => ({ statement: "I allow everything." })],
    ["no statement", "SIWE_STATEMENT", () => ({ statement: undefined })],
    ["no expiration", "SIWE_NO_EXPIRATION", () => ({ expirationTime: undefined })],
    ["an expiration in a year", "SIWE_EXPIRATION_TOO_FAR", (now) => ({ expirationTime: at(now + 365 * 86_400_000) })],
    ["an expiration that has passed", "SIWE_REFUSED", (now) => ({ expirationTime: at(now - 1) })],
    ["a time of issue six minutes ago", "SIWE_STALE", (now) => ({ issuedAt: at(now - 360_000) })],
    ["a time of issue five minutes ahead", "SIWE_STALE", (now) => ({ issuedAt: at(now + 300_000), expirationTime: at(now + 600_000) })],
    ["a start in the future", "SIWE_REFUSED", (now) => ({ notBefore: at(now + 60_000) })],
    ["a nonce that was never issued", "NONCE_REFUSED", () => ({ nonce: "0123456789abcdef0123456789abcdef" })],
  ];
  it.each(changes)("refuses a message with %s", async (_name, code, change) => {
    const f = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce, change(f.clock.now()))));
    expect(await outcome(f.submit(signed, binding))).toBe(code);
    expect(await db().prisma.session.count()).toBe(0);
    // A refused message does not burn the browser's nonce.
    expect(await outcome(f.submit(await f.sign(siweText(f.fields(nonce))), binding))).toBe("signed in");
  });

  it("refuses an address without its EIP-55 case", async () => {
    const f = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce, { address: f.wallet.address.toLowerCase() })));
    expect(["SIWE_ADDRESS_CASE", "SIWE_MALFORMED"]).toContain(await outcome(f.submit(signed, binding)));
    expect(await db().prisma.user.count()).toBe(0);
  });

  it("refuses a message changed after it was signed, and another wallet's signature", async () => {
    const f = signInFixture(db());
    const other = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(nonce)));
    const tampered = siweText(f.fields(nonce, { address: other.wallet.address }));
    expect(await outcome(f.submit({ ...signed, message: tampered }, binding))).toBe("SIWE_REFUSED");
    expect(await outcome(f.submit({ ...signed, signature: (await other.sign(signed.message)).signature }, binding))).toBe("SIWE_REFUSED");
    expect(await db().prisma.session.count()).toBe(0);
  });

  it("refuses another browser, and a browser without the binding cookie", async () => {
    const f = signInFixture(db());
    const mine = await f.auth.issueNonce(null, "c");
    const theirs = await f.auth.issueNonce(null, "c");
    const signed = await f.sign(siweText(f.fields(mine.nonce)));
    expect(await outcome(f.submit(signed, theirs.binding))).toBe("NONCE_REFUSED");
    expect(await outcome(f.submit(signed, null))).toBe("NONCE_REFUSED");
    expect(await outcome(f.submit(signed, mine.binding))).toBe("signed in");
  });

  it("refuses a nonce whose five minutes are over, however fresh the message", async () => {
    const f = signInFixture(db());
    const { nonce, binding } = await f.auth.issueNonce(null, "c");
    f.clock.time += 300_000;
    expect(await outcome(f.submit(await f.sign(siweText(f.fields(nonce))), binding))).toBe("NONCE_REFUSED");
  });

  it("keeps a browser's binding over several nonces, and makes a new one for what is no binding", async () => {
    const f = signInFixture(db());
    const first = await f.auth.issueNonce(null, "c");
    expect((await f.auth.issueNonce(first.binding, "c")).binding).toBe(first.binding);
    expect((await f.auth.issueNonce("short", "c")).binding).not.toBe("short");
  });

  it("counts sign-ins and nonces of one client together and says when to come back", async () => {
    const f = signInFixture(db(), { limitSignIn: rateLimit(2) });
    await f.auth.issueNonce(null, "one");
    await f.auth.issueNonce(null, "one");
    const refusal = await f.auth.issueNonce(null, "one").catch((e: unknown) => e);
    expect(codeOf(refusal)).toBe("RATE_LIMITED");
    expect((refusal as DomainError).details.retryAfterMs).toBeGreaterThan(0);
    expect(await outcome(f.submit({ message: "x", signature: "x" }, null))).toBe("SIWE_MALFORMED");
    await f.auth.issueNonce(null, "two");
  });

  describe("a session", () => {
    it("ends when it is revoked, and only by its owner", async () => {
      const f = signInFixture(db());
      const stranger = signInFixture(db());
      const headers = await cookieFor(await f.signIn());
      const caller = await f.auth.authenticate(headers);
      const other = await f.auth.authenticate(await cookieFor(await stranger.signIn()));
      if (!caller?.sessionId || !other) throw new Error("not signed in");
      const service = new LiveSessionService(f.sessions, f.clock);
      expect(await outcome(service.revoke(other, caller.sessionId))).toBe("NOT_FOUND");
      expect(await f.auth.authenticate(headers)).not.toBeNull();
      await service.revoke(caller, caller.sessionId);
      expect(await f.auth.authenticate(headers)).toBeNull();
    });

    it("ends with its sign-out, also for who has copied the cookie", async () => {
      const f = signInFixture(db());
      const { session } = await postSignIn(
        authOptions(signInFixture(db(), { demoSignIn: true }).auth, { secret: TEST_SECRET, origin: TEST_ORIGIN }),
        "demo",
        {},
      );
      const copied = new Headers({ cookie: `next-auth.session-token=${session}` });
      expect(await f.auth.authenticate(copied)).not.toBeNull();
      const left = await postSignOut(options(f), session ?? "");
      expect(left.cookies["next-auth.session-token"]).toBe("");
      expect(await f.auth.authenticate(copied)).toBeNull();
    });

    it("ends with every other one when the session version is raised", async () => {
      const f = signInFixture(db());
      const before = [await cookieFor(await f.signIn()), await cookieFor(await f.signIn())];
      const { userId } = await f.signIn();
      await f.sessions.revokeAll(userId, f.clock.now());
      for (const headers of before) expect(await f.auth.authenticate(headers)).toBeNull();
      expect(await f.auth.authenticate(await cookieFor(await f.signIn()))).not.toBeNull();
    });

    it("ends after two weeks", async () => {
      const f = signInFixture(db());
      const s = await f.signIn();
      const headers = await cookieFor(s);
      f.clock.time += 14 * 86_400_000 - 1;
      expect(await f.auth.authenticate(headers)).not.toBeNull();
      f.clock.time += 1;
      expect(await f.auth.authenticate(headers)).toBeNull();
    });

    it("is not made by a cookie signed with another secret, or one that names somebody else's session", async () => {
      const f = signInFixture(db());
      const mine = await f.signIn();
      const stranger = await signInFixture(db()).signIn();
      const forged = await encode({ secret: `${TEST_SECRET}!`, token: { sub: mine.userId, sid: mine.sessionId, sv: mine.sessionVersion } });
      expect(await f.auth.authenticate(new Headers({ cookie: `next-auth.session-token=${forged}` }))).toBeNull();
      expect(await f.auth.authenticate(await cookieFor({ ...mine, sessionId: stranger.sessionId }))).toBeNull();
      expect(await f.auth.authenticate(new Headers({ cookie: "next-auth.session-token=%E0%A4%A" }))).toBeNull();
      expect(await f.auth.authenticate(new Headers())).toBeNull();
    });
  });

  describe("the demo trader", () => {
    it("is refused in production", async () => {
      const f = signInFixture(db(), { demoSignIn: false });
      expect(await postSignIn(options(f), "demo", {})).toMatchObject({ error: "DEMO_SIGN_IN_OFF", session: null });
      expect(await db().prisma.user.count()).toBe(0);
    });

    it("signs in where the product is a demo", async () => {
      const f = signInFixture(db(), { demoSignIn: true });
      const { session } = await postSignIn(options(f), "demo", {});
      expect(await f.auth.authenticate(new Headers({ cookie: `next-auth.session-token=${session}` }))).toMatchObject({
        isDemo: true,
        via: "session",
      });
    });
  });
});
