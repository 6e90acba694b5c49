import type { Database } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { addRun } from "@/server/adapters/engine/run-store";
import { appRouter } from "@/server/api/root";
import type { Services } from "@/server/api/services";
import type { Access } from "@/server/api/trpc";
import { fixed } from "@/server/shared";
import { type Answer, apiFixture, proceduresOf, WALKED_FUNCTION } from "./api";
import { TEST_CONFIG } from "./live-agents";
import { type Ids, PROCEDURES, type WalkedProcedure } from "./walked-procedures";
import { addBacktests, addGoals, addPeople, riskRows, walletRows } from "./walked-rows";

type Router = typeof appRouter;

/** Rows of every table (of those that hold one of `marks`, when given), as text; a key's time of last use left out. */
export async function rowsOf(db: Database, marks?: readonly string[]): Promise<Map<string, string[]>> {
  const tables = await db.raw.query<{ t: string }>(`SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  const found = new Map<string, string[]>();
  for (const { t } of tables) {
    const rows = await db.raw.query<{ row: string }>(`SELECT (to_jsonb(x) - 'lastUsedAt')::text AS row FROM "${t}" x ORDER BY 1`);
    found.set(
      t,
      rows.map((r) => r.row).filter((row) => !marks || marks.some((m) => row.includes(m))),
    );
  }
  return found;
}

const changed = (before: Map<string, string[]>, after: Map<string, string[]>): string[] =>
  [...after].filter(([t, rows]) => JSON.stringify(rows) !== JSON.stringify(before.get(t) ?? [])).map(([t]) => t);

/**
 * Calls every procedure as everybody who must be refused, and as another tenant with the first one's ids. Returns what should not
 * have happened, in words; empty = nothing. At the end the owner calls them all, so that a refusal cannot come from a bad sample.
 */
export async function walkAsStrangers(
  db: Database,
  options: { router?: Router; services?: Partial<Services> /** Only procedures of this router are called. */; only?: string } = {},
): Promise<{ wrong: string[]; calls: number }> {
  const api = apiFixture(db, options);
  const owner = await api.person();
  const stranger = await api.person();
  const { agentId } = await api.services.agents.create(owner.caller.scope, {
    config: { ...TEST_CONFIG, name: "Alpha of the first tenant" },
    capital: fixed("20000"),
  });
  const { turnId } = await api.services.agents.decideNow(owner.caller.scope, { agentId, key: "first-turn" });
  for (const request of api.requested.splice(0)) await api.runner.run(request);
  const spare = await owner.apiKey("read");
  const run = newId();
  const event = { id: run, name: "walked", data: { workspaceId: owner.caller.scope.workspaceId, agentId }, ts: 0 };
  const { workspaceId } = owner.caller.scope;
  const unasked = { parentRunId: null, parentStepId: null, singletonKey: null };
  await addRun(db.raw, { id: run, functionId: WALKED_FUNCTION, event, workspaceId, ...unasked }, Date.now());
  const risk = await riskRows(db, workspaceId, agentId);
  const backtests = await addBacktests(api, db, owner.caller.scope);
  const people = await addPeople(api, owner.caller);
  const wallets = await walletRows(api, db, owner.caller.scope);
  const goals = await addGoals(api, db, owner.caller.scope, agentId);
  const ids: Ids = {
    ...people,
    ...wallets,
    ...goals,
    workspaceId,
    ...backtests,
    agentId,
    turnId,
    apiKeyId: spare.id,
    runId: run,
    sessionId: owner.session.sessionId,
    configVersion: 1,
    ...risk,
  };
  const marks = [
    owner.caller.scope.workspaceId,
    owner.caller.userId,
    agentId,
    turnId,
    spare.id,
    run,
    owner.session.sessionId,
    ...Object.values(risk),
    ...Object.values(backtests),
    people.memberId,
    people.invitationId,
    ...Object.values(wallets),
    ...Object.values(goals),
  ];
  const names = ["Alpha of the first tenant", "A backtest of the first tenant", ...marks];

  const procedures = proceduresOf(options.router ?? appRouter);
  const wrong: string[] = [];
  let calls = 0;
  const table = PROCEDURES as Readonly<Record<string, WalkedProcedure>>;
  for (const name of Object.keys(table)) if (!procedures[name]) wrong.push(`${name}: classified, but there is no such procedure`);
  const classified = Object.entries(procedures).flatMap(([name, { _def }]) => {
    const row = table[name];
    if (!row) {
      wrong.push(`${name}: not classified`);
      return [];
    }
    const { access } = (_def.meta ?? {}) as { access?: Access };
    if (access !== row.access) wrong.push(`${name}: guarded as ${access ?? "nothing"}, classified as ${row.access}`);
    return options.only && !name.startsWith(`${options.only}.`) ? [] : [{ name, row, mutates: _def.type === "mutation" }];
  });
  const call = (name: string, row: WalkedProcedure, headers: Readonly<Record<string, string>>): Promise<Answer> => {
    calls += 1;
    return api.call(name, row.input?.(ids), headers);
  };
  const code = (a: Answer): string => a.error?.code ?? "answered";

  // Everybody who is to be refused before anything is read or written.
  const readKey = await owner.apiKey("read");
  const tradeKey = await owner.apiKey("read", "trade");
  const inPerson = (row: WalkedProcedure) => row.access === "session" || row.access === "owner";
  const needs = (row: WalkedProcedure) => (row.access === "any" || inPerson(row) ? null : row.access);
  const refusals: [string, Readonly<Record<string, string>>, (row: WalkedProcedure, mutates: boolean) => string | null][] = [
    ["anonymous", {}, () => "UNAUTHENTICATED"],
    ["a made-up key", { authorization: `Bearer mp_00000000_${"A".repeat(43)}` }, () => "UNAUTHENTICATED"],
    [
      "a read-only key",
      readKey.headers,
      (row) => (inPerson(row) ? "SESSION_REQUIRED" : needs(row) === "trade" || needs(row) === "admin" ? "SCOPE_MISSING" : null),
    ],
    ["a trading key", tradeKey.headers, (row) => (inPerson(row) ? "SESSION_REQUIRED" : needs(row) === "admin" ? "SCOPE_MISSING" : null)],
    ["another page", { ...owner.headers, origin: "https://elsewhere.example" }, (_row, mutates) => (mutates ? "FOREIGN_ORIGIN" : null)],
    ["no origin", { cookie: owner.headers.cookie }, (_row, mutates) => (mutates ? "FOREIGN_ORIGIN" : null)],
  ];
  const refuse = async (
    who: string,
    headers: Readonly<Record<string, string>>,
    expected: (row: WalkedProcedure, mutates: boolean) => string | null,
  ) => {
    const before = await rowsOf(db);
    for (const { name, row, mutates } of classified) {
      const wanted = expected(row, mutates);
      if (wanted === null) continue;
      const answer = await call(name, row, headers);
      if (code(answer) !== wanted) wrong.push(`${name} as ${who}: ${code(answer)} instead of ${wanted}`);
    }
    for (const t of changed(before, await rowsOf(db))) wrong.push(`${who} changed ${t}`);
  };
  for (const [who, headers, expected] of refusals) await refuse(who, headers, expected);
  await owner.asRole("viewer");
  await refuse("a viewer", owner.headers, (row) =>
    row.access === "owner" ? "OWNER_REQUIRED" : needs(row) === "trade" || needs(row) === "admin" ? "SCOPE_MISSING" : null,
  );
  await owner.asRole("trader");
  await refuse("a trader", owner.headers, (row) => (row.access === "owner" ? "OWNER_REQUIRED" : needs(row) === "admin" ? "SCOPE_MISSING" : null));
  await owner.asRole("owner");

  // Another tenant, with every right in their own workspace.
  const before = await rowsOf(db, marks);
  for (const { name, row } of classified) {
    const answer = await call(name, row, stranger.headers);
    if (row.foreign === "not-found" && code(answer) !== "NOT_FOUND") wrong.push(`${name} as another tenant: ${code(answer)} instead of NOT_FOUND`);
    for (const n of names)
      if (answer.text.includes(n)) wrong.push(`${name} as another tenant: shows ${n === names[0] ? "a name" : "an id"} of the first`);
  }
  for (const t of changed(before, await rowsOf(db, marks))) wrong.push(`another tenant changed ${t} of the first`);

  // The owner: whatever answers now is not refused for who asks or for how.
  for (const { name, row, mutates } of classified.filter((c) => c.name !== "me.revokeSession")) {
    const answer = await call(name, row, owner.headers);
    const ok = mutates ? answer.status < 500 && ![400, 401, 403, 404].includes(answer.status) : answer.status === 200;
    if (!ok && !name.startsWith("models.")) wrong.push(`${name} as the owner: ${answer.status} ${code(answer)} ${answer.error?.message ?? ""}`);
  }
  return { wrong, calls };
}
