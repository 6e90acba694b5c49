import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { PrismaBlobStore } from "@/server/adapters/db/prisma-blob-store";
import type { StoredInputs } from "@/server/agents";
import { fixed, type Json } from "@/server/shared";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { TEST_CONFIG } from "@/server/testing/live-agents";
import { rowsOf } from "@/server/testing/tenant-walk";
import { handleExport } from "./handle-export";

const NAME = "Quietly mine";
const STRATEGY = "Buy what my aunt buys, but a day later.";
const CONFIRM = { confirm: "DELETE" };
type Line = Record<string, Json> & { table: string };

/** Two people; each has an agent that has decided once, on the same tick. */
async function twoPeople(db: Database, same: boolean) {
  const api = apiFixture(db);
  const make = async (name: string, strategyText: string) => {
    const person = await api.person();
    const { agentId } = await api.services.agents.create(person.caller.scope, {
      config: { ...TEST_CONFIG, name, strategyText, decider: { kind: "rules", ruleSet: "hold", params: {} } },
      capital: fixed("20000"),
    });
    const { turnId } = await api.services.agents.decideNow(person.caller.scope, { agentId, key: "first-turn" });
    for (const request of api.requested.splice(0)) await api.runner.run(request);
    return { ...person, agentId, turnId, workspaceId: person.caller.scope.workspaceId };
  };
  const first = await make(NAME, STRATEGY);
  const other = same ? await make(NAME, STRATEGY) : await make("Somebody else's", "Hold.");
  const file = async (headers: Readonly<Record<string, string>>) =>
    handleExport(new Request("http://127.0.0.1/api/export", { headers }), { auth: api.auth, services: api.services });
  const lines = async (headers: Readonly<Record<string, string>>) =>
    (await (await file(headers)).text())
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Line);
  return { api, first, other, file, lines };
}

const blobs = async (db: Database): Promise<Set<string>> => new Set((await db.prisma.blob.findMany({ select: { hash: true } })).map((b) => b.hash));

describeDatabase("a person's own data", (db) => {
  it("are one file: every row of the workspace with its records, exact, whole, and no secret and nobody else's", async () => {
    const { api, first, other, lines } = await twoPeople(db(), false);
    const secret = `sk-ant-${"s".repeat(40)}`;
    await api.vault.put(first.caller.scope, "llm/anthropic", secret);
    const key = await first.apiKey("read");
    const at = Date.UTC(2026, 0, 1);
    const points = Array.from({ length: 450 }, (_, i) => ({
      agentId: first.agentId,
      at: new Date(at + i * 60_000),
      equity: "20000.000000000000000001",
      hold: 1,
      cash: 1,
    }));
    await db().prisma.equityPoint.createMany({ data: points });
    const found = await lines(first.headers);
    const of = (table: string) => found.filter((l) => l.table === table);
    expect(found[0]).toMatchObject({ table: "export", version: 1, workspaceId: first.workspaceId });
    expect(found.at(-1)).toEqual({ table: "end", rows: found.length - 2 });
    expect(of("agent")).toMatchObject([{ id: first.agentId, name: NAME }]);
    const [decision] = of("decision");
    expect(decision).toMatchObject({ id: first.turnId, record: { decision: { decision: { action: "hold" } } } });
    expect(decision?.record).toMatchObject({ inputs: { turnId: first.turnId }, context: expect.anything() });
    expect(new Set(of("equity").map((l) => l.at)).size).toBe(of("equity").length);
    expect(of("equity").filter((l) => l.equity === "20000.000000000000000001")).toHaveLength(450);
    const postings = of("ledger-transaction").flatMap((t) => t.postings as { amount: string }[]);
    expect(postings.map((p) => p.amount)).toContain("-20000");
    expect(of("audit").map((l) => l.action)).toContain("account.exported");
    const text = JSON.stringify(found);
    const { ciphertext, wrappedKey } = await db().prisma.secret.findFirstOrThrow({ where: { workspaceId: first.workspaceId } });
    const { secretHash } = await db().prisma.apiKey.findUniqueOrThrow({ where: { id: key.id } });
    const foreign = [other.workspaceId, other.agentId, other.turnId, "Somebody else's"];
    for (const never of [
      secret,
      key.key,
      secretHash,
      Buffer.from(ciphertext).toString("base64"),
      Buffer.from(wrappedKey).toString("hex"),
      ...foreign,
    ]) {
      expect(text).not.toContain(never);
    }
  });

  it("are given to an owner's session or admin key only", async () => {
    const { first, file } = await twoPeople(db(), false);
    expect((await file({})).status).toBe(401);
    expect((await file((await first.apiKey("read", "trade")).headers)).status).toBe(403);
    expect((await file((await first.apiKey("admin")).headers)).status).toBe(200);
    await first.asRole("viewer");
    expect((await file(first.headers)).status).toBe(403);
  });

  it("are not deleted while an agent runs, holds something or has orders: it is named, and nothing changes", async () => {
    const { api, first } = await twoPeople(db(), false);
    const { agentId } = first;
    await db().prisma.agent.update({ where: { id: agentId }, data: { status: "running" } });
    await db().prisma.position.create({ data: { agentId, symbol: "BTC/USDT", quantity: 1, averageEntry: 1 } });
    const before = await rowsOf(db());
    const refused = await api.call("account.delete", CONFIRM, first.headers);
    expect(refused.error).toMatchObject({ code: "ACCOUNT_BUSY", message: expect.stringContaining(`${NAME} is running, holds BTC/USDT`) });
    expect((await api.call("account.get", undefined, first.headers)).data).toMatchObject({ blockers: [{ agentId, name: NAME }] });
    for (const input of [undefined, {}, { confirm: "delete" }]) {
      expect((await api.call("account.delete", input, first.headers)).error?.code).toBe("INVALID_INPUT");
    }
    expect(await rowsOf(db())).toEqual(before);
    await db().prisma.agent.update({ where: { id: agentId }, data: { status: "stopped" } });
    await db().prisma.position.deleteMany({ where: { agentId } });
    // A recall that waits for sales would go on with an agent that is gone.
    const { nodeId: fromNodeId, workspaceId } = await db().prisma.agent.findUniqueOrThrow({ where: { id: agentId } });
    const recall = {
      id: newId(),
      workspaceId,
      fromNodeId,
      key: "closing",
      kind: "recall",
      amount: 1,
      currency: "USDT",
      why: "",
      actor: "",
      status: "pending",
    };
    await db().prisma.movement.create({ data: { ...recall, waitsFor: "closing", at: new Date(0), wallAt: new Date(0) } });
    const selling = await api.call("account.delete", CONFIRM, first.headers);
    expect(selling.error).toMatchObject({ code: "ACCOUNT_BUSY", message: expect.stringContaining("sells for a recall") });
    await db().prisma.movement.delete({ where: { id: recall.id } });
    await first.asRole("viewer");
    expect((await api.call("account.delete", CONFIRM, first.headers)).error?.code).toBe("OWNER_REQUIRED");
    await first.asRole("owner");
    await db().prisma.member.create({ data: { workspaceId: first.workspaceId, userId: (await api.person()).caller.userId, role: "viewer" } });
    expect((await api.call("account.delete", CONFIRM, first.headers)).error?.code).toBe("WORKSPACE_SHARED");
  });

  it("are deleted: nobody is signed in any more, no word is left, the figures and hashes stay", async () => {
    const { api, first } = await twoPeople(db(), false);
    const key = await first.apiKey("read");
    await api.vault.put(first.caller.scope, "llm/anthropic", `sk-ant-${"s".repeat(40)}`);
    const turn = await db().prisma.turn.findUniqueOrThrow({ where: { id: first.turnId } });
    const before = await blobs(db());
    expect((await api.call("account.delete", CONFIRM, first.headers)).error).toBeNull();

    for (const headers of [first.headers, key.headers]) expect((await api.call("me.get", undefined, headers)).error?.code).toBe("UNAUTHENTICATED");
    const left = [...(await rowsOf(db())).values()].flat().join("\n");
    for (const word of [NAME, STRATEGY, first.address, first.address.toLowerCase(), key.key.slice(0, 12)]) expect(left).not.toContain(word);
    const where = { workspaceId: first.workspaceId };
    const { secret, apiKey, event } = db().prisma;
    expect(await Promise.all([secret.count({ where }), apiKey.count({ where }), event.count({ where })])).toEqual([0, 0, 0]);
    // What the record was made of is gone, what it hashed to is not.
    const after = await blobs(db());
    expect(before).toContain(turn.inputsHash);
    expect(after).not.toContain(turn.inputsHash);
    const records = JSON.stringify([...(await new PrismaBlobStore(db()).getMany([...after])).values()]);
    expect(records).toContain("Somebody else's");
    for (const word of [NAME, STRATEGY]) expect(records).not.toContain(word);
    const kept = await db().prisma.turn.findUniqueOrThrow({ where: { id: first.turnId } });
    expect(kept).toMatchObject({ inputsHash: turn.inputsHash, recordHash: turn.recordHash, summary: null });
    expect(["settled", "skipped", "failed"]).toContain(kept.phase);
    const books = await db().prisma.ledgerAccount.findMany({ where: { workspaceId: first.workspaceId } });
    expect(books.map((b) => [b.kind, b.balance.toFixed()])).toEqual(expect.arrayContaining([["cash", "100000"]]));
    const audit = await db().prisma.auditEntry.findMany({ where: { workspaceId: first.workspaceId }, orderBy: { at: "asc" } });
    expect(audit.at(-1)).toMatchObject({ action: "account.deleted" });
    for (const entry of audit.slice(0, -1)) expect(entry.data).toEqual({ redacted: expect.stringMatching(/^[0-9a-f]{64}$/) });

    const again = await first.signInAgain();
    expect(again.userId).not.toBe(first.caller.userId);
    const [own] = await db().prisma.member.findMany({ where: { userId: again.userId } });
    expect(own?.workspaceId).not.toBe(first.workspaceId);
    expect(await db().prisma.agent.count({ where: { workspaceId: own?.workspaceId ?? "" } })).toBe(0);
  });

  it("are no other tenant's: what two records have in common stays, and the other's decision still replays", async () => {
    const { api, first, other } = await twoPeople(db(), true);
    const replay = async () => ((await api.call("decisions.replay", { turnId: other.turnId }, other.headers)).data as { result: string }).result;
    expect(await replay()).toBe("identical");
    const before = await blobs(db());
    const description = async (turnId: string) => {
      const { inputsHash } = await db().prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
      return ((await new PrismaBlobStore(db()).get(inputsHash ?? "")) as unknown as StoredInputs).agent;
    };
    const shared = await description(first.turnId);
    expect(await description(other.turnId)).toBe(shared);
    const page = async () => (await api.call("decisions.get", { turnId: other.turnId }, other.headers)).data;
    const shown = await page();
    const marks = [other.workspaceId, other.agentId, other.turnId];
    const rows = await rowsOf(db(), marks);
    expect((await api.call("account.delete", CONFIRM, first.headers)).error).toBeNull();
    expect(await rowsOf(db(), marks)).toEqual(rows);
    expect((await blobs(db())).size).toBeLessThan(before.size);
    expect(await replay()).toBe("identical");
    expect(await page()).toEqual(shown);
    // Negative control: had what they share gone too, this would have shown it.
    await db().prisma.blob.delete({ where: { hash: shared } });
    expect(await replay()).toBe("cannot");
  });
});
