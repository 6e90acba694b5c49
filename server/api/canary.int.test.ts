import { randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaBlobStore } from "@/server/adapters/db/prisma-blob-store";
import { createLogger } from "@/server/observability/logger";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { MessagesApiServer } from "@/server/testing/messages-api-server";
import { rowsOf } from "@/server/testing/tenant-walk";
import { AGENT_FORM, PROCEDURES } from "@/server/testing/walked-procedures";
import { type appRouter, appRouter as real } from "./root";
import { modelsRouter } from "./routers/models";
import { readProcedure, router } from "./trpc";

// Without the shape of a key: what is taken out by shape alone would hide a leak from this test.
const CANARY = "canary0123456789neverToBeSeenAgain0123456789";
const MODEL = "claude-haiku-4-5";
const HOLD = {
  action: "hold",
  symbol: "BTC/USDT",
  size: null,
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 0.2,
  horizonHours: null,
  reasoning: "Nothing to do.",
};

let provider: MessagesApiServer;
beforeAll(async () => {
  provider = await MessagesApiServer.start();
});
afterAll(() => provider.stop());

const showsIt = (text: string): boolean =>
  [CANARY, Buffer.from(CANARY).toString("hex"), Buffer.from(CANARY).toString("base64").replace(/=+$/, "")].some((form) => text.includes(form));

/** Called apart: after these there is no key left to show. */
const ENDS_IT = ["models.setKey", "models.removeKey", "account.delete"];

/**
 * Stores the canary as the workspace's model key, uses it (also with a provider that repeats it in its errors), calls every
 * procedure as the owner, and looks for it everywhere. Returns the places that show it, and how much was looked at.
 */
async function placesOfCanary(db: Database, leak: { router?: typeof appRouter; failWith?: string } = {}) {
  const places: string[] = [];
  const see = (place: string, text: string) => void (showsIt(text) && places.push(place));
  provider.key = CANARY;
  const lines: string[] = [];
  const log = createLogger(
    "trace",
    new Writable({ write: (chunk, _enc, done) => done(lines.push(String(chunk)) > 0 ? null : new Error("not kept")) }),
  );
  const api = apiFixture(db, { modelUrl: provider.url, ...(leak.router ? { router: leak.router } : {}) });
  const { headers } = await api.person();
  const call = async (name: string, input: unknown) => {
    const answer = await api.call(name, input, headers);
    see(`answer of ${name}`, answer.text);
    return answer;
  };

  expect((await call("models.setKey", { provider: "anthropic", key: CANARY })).data).toEqual({ hint: CANARY.slice(-4) });
  provider.play({ kind: "tool", input: { ready: true } });
  expect((await call("models.test", { provider: "anthropic", model: MODEL })).data).toMatchObject({ accepted: true, structured: true });
  // The provider did get the key: this test would find nothing if nothing had used it.
  expect(showsIt(JSON.stringify(provider.requests[0]?.headers))).toBe(true);
  provider.play({ kind: "error", status: 401, type: "authentication_error", message: `invalid API key ${CANARY}` });
  expect((await call("models.test", { provider: "anthropic", model: MODEL })).data).toMatchObject({ accepted: false });
  await call("models.test", { provider: "anthropic", model: "no-such-model", key: CANARY });
  await call("models.setKey", { provider: "anthropic", key: `${CANARY} ${CANARY}` });
  await call("models.setKey", { provider: "other", key: CANARY });

  const created = await call("agents.create", { ...AGENT_FORM, decider: { kind: "model", model: MODEL }, capital: "1000" });
  const { agentId } = created.data as { agentId: string };
  let turnId = "";
  // A decision of the model, and one whose provider fails with the key in its words.
  for (const [key, script] of [
    ["canary-turn-1", { kind: "tool", input: HOLD }],
    ["canary-turn-2", { kind: "error", status: 401, type: "authentication_error", message: `invalid API key ${CANARY}` }],
  ] as const) {
    provider.play(script);
    ({ turnId } = (await call("agents.decideNow", { agentId, key })).data as { turnId: string });
    for (const request of api.requested.splice(0)) await api.runner.run(request);
    expect(provider.requests.length).toBeGreaterThan(0);
    see("prompt", JSON.stringify(provider.requests.map((r) => r.body)));
    for (const name of ["decisions.get", "decisions.replay"]) expect((await call(name, { turnId })).status).toBe(200);
  }

  const nobodys = {
    apiKeyId: randomUUID(),
    runId: randomUUID(),
    sessionId: randomUUID(),
    shockId: randomUUID(),
    alertId: randomUUID(),
    decisionId: randomUUID(),
    memberId: randomUUID(),
    invitationId: randomUUID(),
    invitedId: randomUUID(),
    workspaceId: randomUUID(),
    masterId: randomUUID(),
    farmId: randomUUID(),
    vaultId: randomUUID(),
    movementId: randomUUID(),
    askedId: randomUUID(),
    recallId: randomUUID(),
    rebalanceId: randomUUID(),
    goalId: randomUUID(),
    changeId: randomUUID(),
    proposalId: randomUUID(),
  };
  const { nodeId } = await db.prisma.agent.findUniqueOrThrow({ where: { id: agentId } });
  const backtests = { waitingBacktest: randomUUID(), doneBacktest: randomUUID() };
  const ids = { ...backtests, agentId, nodeId, turnId, configVersion: 1, ...nobodys };
  for (const [name, { input }] of Object.entries(PROCEDURES)) if (!ENDS_IT.includes(name)) await call(name, input?.(ids));

  const rows = await rowsOf(db);
  for (const [table, texts] of rows) see(`rows of ${table}`, texts.join("\n"));
  const blobs = await db.raw.query<{ hash: string }>(`SELECT hash FROM "Blob"`);
  const values = await new PrismaBlobStore(db).getMany(blobs.map((b) => b.hash));
  for (const [hash, value] of values) see(`blob ${hash}`, JSON.stringify(value));
  // What a deleted account leaves behind shows it as little.
  await call("account.delete", PROCEDURES["account.delete"]?.input?.(ids));
  for (const [table, texts] of await rowsOf(db)) see(`rows of ${table} after the account is gone`, texts.join("\n"));
  if (leak.failWith) log.error({ err: new Error(leak.failWith) }, leak.failWith);
  for (const { err, path, requestId } of api.logged) log.error({ err, path, requestId }, "call failed");
  for (const text of lines) see("log line", text);
  return { places, seen: { tables: rows.size, blobs: values.size, secrets: rows.get("Secret")?.length ?? 0 } };
}

describeDatabase("a stored model key", (db) => {
  it("is in no answer, row, blob, prompt or log line, though it was used", async () => {
    const { places, seen } = await placesOfCanary(db());
    expect(places).toEqual([]);
    expect(seen.secrets).toBe(1);
    expect(seen.tables).toBeGreaterThan(10);
    expect(seen.blobs).toBeGreaterThan(3);
  });

  it("negative control: an answer that shows it is found, and so is a log line", async () => {
    const careless = router({
      ...real._def.record,
      models: router({ ...modelsRouter._def.record, get: readProcedure.query(() => ({ key: CANARY }) as never) }),
    } as typeof real._def.record) as unknown as typeof appRouter;
    const { places } = await placesOfCanary(db(), { router: careless, failWith: `the provider refused ${CANARY}` });
    expect(places).toEqual(["answer of models.get", "log line"]);
  });
});
