import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { walkAsStrangers } from "@/server/testing/tenant-walk";
import { PROCEDURES } from "@/server/testing/walked-procedures";
import { type AgentDetail, type ApiKeyView, inputs } from "./contract";
import { handleEvents } from "./handle-events";
import { type appRouter, appRouter as real } from "./root";
import { agentsRouter } from "./routers/agents";
import { apiKeysRouter } from "./routers/api-keys";
import { adminProcedure, readProcedure, router } from "./trpc";

/** The real API but for one part, which is as wrong as a busy person could make it. */
const withPart = (part: object): typeof appRouter =>
  router({ ...real._def.record, ...part } as typeof real._def.record) as unknown as typeof appRouter;

describeDatabase("one tenant and another", (db) => {
  it("every procedure refuses whom it must, and shows or changes nothing of another tenant's", { timeout: 240_000 }, async () => {
    const { wrong, calls } = await walkAsStrangers(db());
    expect(wrong).toEqual([]);
    expect(calls).toBeGreaterThan(Object.keys(PROCEDURES).length * 6);
  });

  const leaky: [string, string, string, (database: Database) => typeof appRouter][] = [
    [
      "a query that forgets the workspace",
      "agents",
      "agents.get as another tenant: answered instead of NOT_FOUND",
      (database) =>
        withPart({
          agents: router({
            ...agentsRouter._def.record,
            get: readProcedure
              .input(inputs.agentId)
              .query(async ({ input }) => (await database.prisma.agent.findUnique({ where: { id: input.agentId } })) as unknown as AgentDetail),
          }),
        }),
    ],
    [
      "a list that forgets the workspace",
      "apiKeys",
      "apiKeys.list as another tenant: shows an id of the first",
      (database) =>
        withPart({
          apiKeys: router({
            ...apiKeysRouter._def.record,
            list: adminProcedure.query(
              async () => (await database.prisma.apiKey.findMany({ omit: { secretHash: true } })) as unknown as ApiKeyView[],
            ),
          }),
        }),
    ],
    [
      "a change that forgets the workspace",
      "apiKeys",
      "another tenant changed ApiKey of the first",
      (database) =>
        withPart({
          apiKeys: router({
            ...apiKeysRouter._def.record,
            revoke: adminProcedure.input(inputs.apiKeyId).mutation(async ({ input }): Promise<{ ok: true }> => {
              await database.prisma.apiKey.update({ where: { id: input.apiKeyId }, data: { revokedAt: new Date(0) } });
              return { ok: true };
            }),
          }),
        }),
    ],
    [
      "a procedure with too weak a guard",
      "apiKeys",
      "apiKeys.list: guarded as read, classified as admin",
      () =>
        withPart({
          apiKeys: router({
            ...apiKeysRouter._def.record,
            list: readProcedure.query(({ ctx }) => ctx.services.apiKeys.list(ctx.caller.scope)),
          }),
        }),
    ],
    [
      "a procedure nobody classified",
      "extra",
      "extra.all: not classified",
      () => withPart({ extra: router({ all: readProcedure.query(() => "all") }) }),
    ],
  ];
  it.each(leaky)("negative control: catches %s", async (_name, only, caught, make) => {
    expect((await walkAsStrangers(db(), { router: make(db()), only })).wrong).toContain(caught);
  });

  it("a workspace's stream carries its own events only, and only to those who may read", async () => {
    const api = apiFixture(db());
    const events = await openEventLog(db(), { pollMs: 10 });
    try {
      const [owner, stranger] = [await api.person(), await api.person()];
      const made = await api.call("agents.create", AGENT, owner.headers);
      expect(made.error).toBeNull();
      await api.call("agents.create", { ...AGENT, name: "Beta of the second tenant" }, stranger.headers);
      events.sequencer.wake();
      await expect.poll(() => db().prisma.event.count({ where: { seq: null } })).toBe(0);
      const open = (headers: Readonly<Record<string, string>>, signal?: AbortSignal) =>
        handleEvents(new Request("http://127.0.0.1/api/events?after=0", { headers, ...(signal ? { signal } : {}) }), {
          auth: api.auth,
          reader: events.log,
        });
      for (const { headers, own, other } of [
        { headers: owner.headers, own: owner.caller.scope.workspaceId, other: stranger.caller.scope },
        { headers: stranger.headers, own: stranger.caller.scope.workspaceId, other: owner.caller.scope },
      ]) {
        const abort = new AbortController();
        const reader = (await open(headers, abort.signal)).body?.getReader();
        // The first piece only says when to come back.
        await reader?.read();
        // The stream's first words are when to come back.
        let text = "";
        while (!text.includes("data:")) text += new TextDecoder().decode((await reader?.read())?.value);
        abort.abort();
        const ownAgent = await db().prisma.agent.findFirstOrThrow({ where: { workspaceId: own } });
        const otherAgent = await db().prisma.agent.findFirstOrThrow({ where: { workspaceId: other.workspaceId } });
        expect(text).toContain(ownAgent.id);
        expect(text).not.toContain(otherAgent.id);
      }
      expect((await open({})).status).toBe(401);
      expect((await open({ authorization: "Bearer nothing" })).status).toBe(401);
      const noRead = await owner.apiKey("trade");
      expect((await open(noRead.headers)).status).toBe(403);
      const wrongPlace = await handleEvents(new Request("http://127.0.0.1/api/events?after=-1", { headers: owner.headers }), {
        auth: api.auth,
        reader: events.log,
      });
      expect(await wrongPlace.json()).toMatchObject({ error: { code: "INVALID_INPUT", field: "after" } });
    } finally {
      await events.close();
    }
  });
});

const AGENT = {
  name: "Alpha of the first tenant",
  symbols: ["BTC/USDT"],
  mode: "paper",
  trigger: { kind: "manual" },
  decider: { kind: "rules", ruleSet: "hold" },
  limits: { maxOrderNotional: "100", maxPositionNotional: "100", maxDailyLoss: null, maxOrdersPerHour: null },
  capital: "1000",
};

/** Every way in that is not a procedure: who may come through it. A new route file without a line here fails. */
const ROUTES: Readonly<Record<string, string>> = {
  "[...path]": "anybody: says that nothing is there",
  "auth/[...nextauth]": "anybody: sign-in itself",
  "auth/nonce": "anybody: a nonce for sign-in, counted by the rate limiter",
  backup: "bearer of the token in the data folder: who can read the folder has the data anyway",
  events: "read: the caller's own workspace",
  export: "admin: the caller's own workspace",
  health: "anybody: up or not",
  inngest: "signed calls of the executor only",
  metrics: "bearer of METRICS_TOKEN; without one, loopback names outside production only; nothing of any tenant",
  live: "anybody: whether the process answers, nothing of any tenant",
  "trpc/[trpc]": "the procedures above",
};

it("every route of the API is one we know", () => {
  const api = path.resolve(import.meta.dirname, "../../app/api");
  const routes = readdirSync(api, { recursive: true, encoding: "utf8" }).filter((f) => /(^|\/)route\.tsx?$/.test(f));
  expect(routes.map((f) => path.dirname(f)).sort()).toEqual(Object.keys(ROUTES).sort());
});
