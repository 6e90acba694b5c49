import { expect, it } from "vitest";
import { systemScope } from "@/server/auth/scope";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { NaiveMemberRepository } from "@/server/testing/naive-member-repository";
import type { AuditPage, InvitationView, MembersView, TextFile, WorkspaceChoice } from "./contract/people";

type Api = ReturnType<typeof apiFixture>;
type Person = Awaited<ReturnType<Api["person"]>>;

/** `who` becomes a member of `owner`'s workspace by invitation, and looks at it. */
async function join(api: Api, owner: Person, who: Person, role: "owner" | "trader" | "viewer"): Promise<void> {
  const invited = await api.call("members.invite", { address: who.address, role }, owner.headers);
  expect(invited.status).toBe(200);
  const [open] = (await api.call("me.invitations", undefined, who.headers)).data as InvitationView[];
  expect(open).toMatchObject({ role, invitedBy: owner.address, workspaceId: owner.caller.workspace.id });
  const answered = await api.call("me.answerInvitation", { invitationId: open?.id, accept: true }, who.headers);
  expect(answered.status).toBe(200);
  expect((await api.call("me.chooseWorkspace", { workspaceId: owner.caller.workspace.id }, who.headers)).status).toBe(200);
}

const codeOf = (answer: { error: { code: string } | null; status: number }) => answer.error?.code ?? answer.status;

describeDatabase("members of a workspace", (db) => {
  it("are invited by address, see what their role may see, and change nothing it may not", async () => {
    const api = apiFixture(db());
    const [owner, viewer, other] = [await api.person(), await api.person(), await api.person()];
    await join(api, owner, viewer, "viewer");
    const page = (await api.call("members.list", undefined, viewer.headers)).data as MembersView;
    expect(page.members.map((m) => [m.address, m.role, m.you])).toEqual([
      [owner.address, "owner", false],
      [viewer.address, "viewer", true],
    ]);
    expect(page.invitations).toEqual([]);
    const choices = (await api.call("me.workspaces", undefined, viewer.headers)).data as WorkspaceChoice[];
    expect(choices.filter((c) => c.current)).toMatchObject([{ id: owner.caller.workspace.id, role: "viewer" }]);
    // The role is read with every call: raised, lowered, taken away at once.
    const kill = () => api.call("workspace.kill", { flatten: false }, viewer.headers).then(codeOf);
    expect(await kill()).toBe("SCOPE_MISSING");
    await api.call("members.setRole", { userId: viewer.caller.userId, role: "trader" }, owner.headers);
    expect(await kill()).toBe(200);
    expect(codeOf(await api.call("members.invite", { address: other.address, role: "viewer" }, viewer.headers))).toBe("OWNER_REQUIRED");
    await api.call("members.remove", { userId: viewer.caller.userId }, owner.headers);
    const me = (await api.call("me.get", undefined, viewer.headers)).data as { workspace: { id: string } };
    expect(me.workspace.id).toBe(viewer.caller.workspace.id);
    expect(codeOf(await api.call("me.chooseWorkspace", { workspaceId: owner.caller.workspace.id }, viewer.headers))).toBe("NOT_FOUND");
  });

  it("lose their API keys and their live stream with their membership", async () => {
    const api = apiFixture(db());
    const [owner, trader] = [await api.person(), await api.person()];
    await join(api, owner, trader, "trader");
    const { key } = (await api.call("me.get", undefined, trader.headers)).status === 200 ? await keyOf(api, trader) : { key: "" };
    const headers = { authorization: `Bearer ${key}` };
    expect((await api.call("agents.list", undefined, headers)).status).toBe(200);
    await api.call("members.remove", { userId: trader.caller.userId }, owner.headers);
    expect(codeOf(await api.call("agents.list", undefined, headers))).toBe("UNAUTHENTICATED");
  });

  it.each([
    ["a person who belongs already", "ALREADY_MEMBER", (o: Person) => o.address],
    ["a person who is invited already", "ALREADY_INVITED", () => "0x000000000000000000000000000000000000dEaD"],
  ])("refuse an invitation of %s", async (_what, code, address) => {
    const api = apiFixture(db());
    const owner = await api.person();
    await api.call("members.invite", { address: "0x000000000000000000000000000000000000dEaD", role: "viewer" }, owner.headers);
    const again = await api.call("members.invite", { address: address(owner), role: "viewer" }, owner.headers);
    expect(again.error).toMatchObject({ code, field: "address" });
  });

  it.each(["0x1234", "", "0x000000000000000000000000000000000000DeaD", "vitalik.eth"])("refuse %j as an address", async (address) => {
    const api = apiFixture(db());
    const owner = await api.person();
    expect((await api.call("members.invite", { address, role: "viewer" }, owner.headers)).error).toMatchObject({ field: "address" });
  });

  it("an invitation is for one address, once, until its time", async () => {
    const api = apiFixture(db());
    const [owner, invited, other] = [await api.person(), await api.person(), await api.person()];
    const { invitationId } = (await api.call("members.invite", { address: invited.address, role: "trader" }, owner.headers)).data as {
      invitationId: string;
    };
    const answer = (who: Person, accept: boolean) => api.call("me.answerInvitation", { invitationId, accept }, who.headers).then(codeOf);
    expect(await answer(other, true)).toBe("NOT_FOUND");
    const both = await Promise.all([answer(invited, true), answer(invited, true), answer(invited, false)]);
    expect(both.filter((c) => c === 200)).toHaveLength(1);
    expect(await answer(invited, true)).toBe("NOT_FOUND");
    const late = (await api.call("members.invite", { address: other.address, role: "viewer", expiresInDays: 1 }, owner.headers)).data as {
      invitationId: string;
    };
    await db().prisma.invitation.update({ where: { id: late.invitationId }, data: { expiresAt: new Date(0) } });
    expect(codeOf(await api.call("me.answerInvitation", { invitationId: late.invitationId, accept: true }, other.headers))).toBe(
      "INVITATION_EXPIRED",
    );
    // What has expired does not stand in the way of a new one.
    expect((await api.call("members.invite", { address: other.address, role: "viewer" }, owner.headers)).status).toBe(200);
  });

  it("a workspace keeps an owner, also when two leave at once", async () => {
    const left = async (naive: boolean): Promise<number> => {
      const api = apiFixture(db());
      const [one, two] = [await api.person(), await api.person()];
      await join(api, one, two, "owner");
      const { workspaceId } = one.caller.scope;
      const members = naive ? new NaiveMemberRepository(db()) : null;
      const leave = (who: Person) =>
        members
          ? members.remove(systemScope(workspaceId), who.caller.userId)
          : api.services.people.remove({ ...one.caller, scope: systemScope(workspaceId) }, who.caller.userId);
      const answers = await Promise.allSettled([leave(one), leave(two)]);
      if (!naive) expect(answers.filter((a) => a.status === "rejected").map((a) => (a as PromiseRejectedResult).reason.code)).toEqual(["LAST_OWNER"]);
      return db().prisma.member.count({ where: { workspaceId, role: "owner" } });
    };
    expect(await left(false)).toBe(1);
    // Control: one that looks first and removes later.
    expect(await left(true)).toBe(0);
  });

  it("the audit log names who did what, by filter, page and file", async () => {
    const api = apiFixture(db());
    const [owner, trader] = [await api.person(), await api.person()];
    await join(api, owner, trader, "trader");
    await api.call("workspace.kill", { flatten: false }, trader.headers);
    await api.call("workspace.resume", undefined, trader.headers);
    const list = async (input: object) => (await api.call("audit.list", input, owner.headers)).data as AuditPage;
    const all = await list({ limit: 200 });
    expect(all.rows.filter((r) => r.who !== "MemePulse").map((r) => [r.who, r.action])).toEqual([
      [trader.address, "workspace.trading-state.set"],
      [trader.address, "workspace.trading-state.set"],
      [trader.address, "member.joined"],
      [owner.address, "member.invited"],
    ]);
    const pages: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await list({ limit: 1, ...(cursor ? { cursor } : {}) });
      pages.push(...page.rows.map((r) => r.id));
      if (!page.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(all.rows.map((r) => r.id));
    expect((await list({ area: "member" })).rows).toHaveLength(2);
    expect((await list({ actor: `user:${owner.caller.userId}` })).rows.map((r) => r.action)).toEqual(["member.invited"]);
    expect((await list({ text: "HALTED" })).rows).toHaveLength(1);
    expect((await list({ text: "100%" })).rows).toEqual([]);
    expect((await list({ to: 1 })).rows).toEqual([]);
    const file = (await api.call("audit.export", { area: "member" }, owner.headers)).data as TextFile;
    expect(file.text.split("\r\n")).toHaveLength(3);
    expect(file.text).toContain(owner.address);
    expect(codeOf(await api.call("audit.list", { cursor: "1_nothing" }, owner.headers))).toBe("INVALID_CURSOR");
  });

  it("a large movement needs a second person, whichever way the first one asks", async () => {
    const api = apiFixture(db());
    const [owner, second] = [await api.person(), await api.person()];
    await join(api, owner, second, "owner");
    const tree = await db().prisma.walletNode.findFirstOrThrow({ where: { workspaceId: owner.caller.workspace.id, kind: "treasury" } });
    const made = await api.call("wallets.create", { kind: "farm", name: "Farm", parentId: tree.id, strategy: "custom" }, owner.headers);
    const { nodeId } = made.data as { nodeId: string };
    const rules = { reserve: null, reservePercent: null, maxAgentPercent: null, maxFarmPercent: null, cooldownSeconds: null, approvalFrom: "1000" };
    expect((await api.call("wallets.setRules", { nodeId: tree.id, rules }, owner.headers)).status).toBe(200);
    const order = { kind: "allocate", fromNodeId: tree.id, toNodeId: nodeId, amount: "1000", why: "" };
    const key = await owner.apiKey("read", "trade", "admin");
    const ask = async (headers: Readonly<Record<string, string>>, name: string) => {
      const { data } = await api.call("wallets.move", { ...order, key: name }, headers);
      expect(data).toMatchObject({ moved: false, pendingApproval: true });
      return (data as { movementId: string }).movementId;
    };
    const agree = (movementId: string, headers: Readonly<Record<string, string>>) =>
      api.call("wallets.decide", { movementId, agreed: true }, headers).then(codeOf);
    const byKey = await ask(key.headers, "asked-by-key");
    const inPerson = await ask(owner.headers, "asked-in-person");
    expect([await agree(byKey, owner.headers), await agree(inPerson, owner.headers)]).toEqual(["SAME_PERSON", "SAME_PERSON"]);
    expect(await agree(inPerson, key.headers)).toBe("SESSION_REQUIRED");
    expect([await agree(byKey, second.headers), await agree(inPerson, second.headers)]).toEqual([200, 200]);
    // An agent's money: what happened is answered, also when it is asked for again.
    const config = { name: "A", symbols: ["BTC/USDT"], trigger: { kind: "interval", interval: "1h" }, barInterval: "1h", strategyText: "" };
    const limits = { allowedSymbols: null, maxOrderNotional: "10", maxPositionNotional: "10", maxDailyLoss: "10", maxOrdersPerHour: 1 };
    const decider = { kind: "rules", ruleSet: "trend-follow", params: {} };
    const made2 = await api.call(
      "agents.create",
      { ...config, mode: "paper", decider, limits, dailyModelCap: "0", settleAfterMs: 3_600_000, capital: "500", parentNodeId: tree.id },
      owner.headers,
    );
    const { agentId } = made2.data as { agentId: string };
    const give = async (amount: string, name: string) => (await api.call("agents.fund", { agentId, amount, key: name }, owner.headers)).data;
    expect(await give("400", "small-one")).toMatchObject({ ok: true, outcome: "moved" });
    const waiting = (await give("100", "one-too-many")) as { movementId: string };
    expect(waiting).toMatchObject({ outcome: "waits-for-approval", movementId: expect.any(String) });
    expect(await give("100", "one-too-many")).toEqual(waiting);
    expect(await agree(waiting.movementId, second.headers)).toBe(200);
    expect(await give("100", "one-too-many")).toEqual({ ...waiting, outcome: "moved" });
    const back = await api.call("agents.collect", { agentId, amount: "1000", key: "all-of-it" }, second.headers);
    expect(back.data).toMatchObject({ outcome: "waits-for-approval" });
  });

  it("a trader's schedule proposes; only an owner, or their key with the right, lets it move by itself", async () => {
    const api = apiFixture(db());
    const [owner, trader] = [await api.person(), await api.person()];
    await join(api, owner, trader, "trader");
    const tree = await db().prisma.walletNode.findFirstOrThrow({ where: { workspaceId: owner.caller.workspace.id, kind: "treasury" } });
    const set = (apply: boolean, headers: Readonly<Record<string, string>>, schedule = "daily") =>
      api.call("wallets.setRebalance", { nodeId: tree.id, params: { policy: "equal" }, schedule, apply }, headers).then(codeOf);
    expect(await set(true, trader.headers)).toBe("SCOPE_MISSING");
    expect([await set(false, trader.headers), await set(true, trader.headers, "off")]).toEqual([200, 200]);
    expect(await set(true, (await owner.apiKey("read", "trade")).headers)).toBe("SCOPE_MISSING");
    expect([await set(true, (await owner.apiKey("read", "trade", "admin")).headers), await set(true, owner.headers)]).toEqual([200, 200]);
  });

  it("who is the only owner of other people's workspace cannot delete the account", async () => {
    const api = apiFixture(db());
    const [one, two] = [await api.person(), await api.person()];
    await join(api, one, two, "owner");
    await join(api, one, await api.person(), "viewer");
    await api.call("members.remove", { userId: one.caller.userId }, two.headers);
    await api.call("me.chooseWorkspace", { workspaceId: two.caller.workspace.id }, two.headers);
    expect(codeOf(await api.call("account.delete", { confirm: "DELETE" }, two.headers))).toBe("LAST_OWNER");
  });
});

async function keyOf(api: Api, who: Person): Promise<{ key: string }> {
  const caller = await api.auth.authenticate(new Headers(who.headers));
  if (!caller) throw new Error("not signed in");
  return api.services.apiKeys.create(caller, { name: "k", scopes: ["read"], expiresInDays: 1 });
}
