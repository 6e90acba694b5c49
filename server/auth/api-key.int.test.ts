import { encode } from "next-auth/jwt";
import { expect, it } from "vitest";
import { LiveApiKeyService } from "@/server/api/services-live/api-key-service";
import { DAY_MS, DomainError } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { signInFixture, TEST_SECRET } from "@/server/testing/sign-in";

const bearer = (key: string): Headers => new Headers({ authorization: `Bearer ${key}` });
const codeOf = (e: unknown): string => (e instanceof DomainError ? e.code : String(e));

describeDatabase("API keys", (db) => {
  async function signedIn() {
    const f = signInFixture(db());
    const s = await f.signIn();
    const token = await encode({ secret: TEST_SECRET, token: { sub: s.userId, sid: s.sessionId, sv: s.sessionVersion } });
    const caller = await f.auth.authenticate(new Headers({ cookie: `next-auth.session-token=${token}` }));
    if (!caller) throw new Error("not signed in");
    return { ...f, caller, service: new LiveApiKeyService(f.apiKeys, f.clock) };
  }

  it("may do what they were made for, in their own workspace, and nothing of it is stored in the clear", async () => {
    const f = await signedIn();
    const { key, view } = await f.service.create(f.caller, { name: "bot", scopes: ["read", "read"], expiresInDays: 1 });
    expect(key.startsWith(`${view.prefix}_`)).toBe(true);
    expect(await f.auth.authenticate(bearer(key))).toMatchObject({
      via: "api-key",
      sessionId: null,
      userId: f.caller.userId,
      scope: { workspaceId: f.caller.scope.workspaceId, scopes: ["read"], actor: { kind: "api-key", id: view.id } },
    });
    const rows = await db().raw.query('SELECT * FROM "ApiKey"');
    expect(JSON.stringify(rows)).not.toContain(key.slice(12));
  });

  it("stop at their time, and when revoked", async () => {
    const f = await signedIn();
    const short = await f.service.create(f.caller, { name: "short", scopes: ["read"], expiresInDays: 1 });
    const long = await f.service.create(f.caller, { name: "long", scopes: ["read"], expiresInDays: 30 });
    f.clock.time += DAY_MS - 1;
    expect(await f.auth.authenticate(bearer(short.key))).not.toBeNull();
    f.clock.time += 1;
    expect(await f.auth.authenticate(bearer(short.key))).toBeNull();
    expect(await f.auth.authenticate(bearer(long.key))).not.toBeNull();
    await f.service.revoke(f.caller.scope, long.view.id);
    expect(await f.auth.authenticate(bearer(long.key))).toBeNull();
  });

  it("are refused when unknown, misspelt or in another form, and do not fall back to a cookie", async () => {
    const f = await signedIn();
    const { key } = await f.service.create(f.caller, { name: "bot", scopes: ["read"], expiresInDays: 1 });
    const wrong = key.slice(0, -1) + (key.endsWith("A") ? "B" : "A");
    for (const given of [wrong, "mp_00000000_", key.toUpperCase(), `${key}x`, "null"])
      expect(await f.auth.authenticate(bearer(given)), given).toBeNull();
    const s = await f.signIn();
    const token = await encode({ secret: TEST_SECRET, token: { sub: s.userId, sid: s.sessionId, sv: s.sessionVersion } });
    const both = new Headers({ authorization: `Bearer ${wrong}`, cookie: `next-auth.session-token=${token}` });
    expect(await f.auth.authenticate(both)).toBeNull();
  });

  it("make no keys: what a key made would go on after the key's own end and revocation", async () => {
    const f = await signedIn();
    const { key, view } = await f.service.create(f.caller, { name: "all", scopes: ["read", "trade", "admin"], expiresInDays: 1 });
    const caller = await f.auth.authenticate(bearer(key));
    if (!caller) throw new Error("the key does not work");
    const child = f.service.create(caller, { name: "child", scopes: ["read"], expiresInDays: 365 });
    expect(await child.then(() => "made", codeOf)).toBe("SESSION_REQUIRED");
    expect((await f.service.list(f.caller.scope)).map((k) => k.id)).toEqual([view.id]);
  });

  it("never give more than their maker has, now or later", async () => {
    const f = await signedIn();
    const { key } = await f.service.create(f.caller, { name: "all", scopes: ["read", "trade", "admin"], expiresInDays: 1 });
    const { workspaceId } = f.caller.scope;
    await db().prisma.member.update({ where: { workspaceId_userId: { workspaceId, userId: f.caller.userId } }, data: { role: "viewer" } });
    const narrowed = await f.auth.authenticate(bearer(key));
    expect(narrowed?.scope.scopes).toEqual(["read"]);
    if (!narrowed) throw new Error("the key stopped working");
    const viewer = { ...f.caller, scope: narrowed.scope };
    const wider = f.service.create(viewer, { name: "more", scopes: ["read", "admin"], expiresInDays: 1 });
    expect(await wider.then(() => "made", codeOf)).toBe("SCOPE_MISSING");
    await db().prisma.member.deleteMany({ where: { userId: f.caller.userId } });
    expect(await f.auth.authenticate(bearer(key))).toBeNull();
  });
});
