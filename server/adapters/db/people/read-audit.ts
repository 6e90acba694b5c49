import type { z } from "zod";
import type { AUDIT_AREAS, AuditPage, AuditRowView, peopleInputs } from "@/server/api/contract/people";
import type { TenantScope } from "@/server/shared";
import type { Database } from "../database";
import { nextCursor, readCursor } from "../keyset-cursor";

type Filter = z.output<typeof peopleInputs.auditExport>;
type Row = { id: string; at: Date; actor: string; action: string; subject: string | null; data: Record<string, unknown> };
type Area = (typeof AUDIT_AREAS)[number];

/** First word of an action → what it belongs to; the rest is "other". */
const AREA_OF: Readonly<Record<string, Area>> = {
  member: "member",
  invitation: "member",
  approval: "wallet",
  agent: "agent",
  wallet: "wallet",
  movement: "wallet",
  rebalance: "wallet",
  goal: "goal",
  breaker: "risk",
  breakers: "risk",
  alert: "risk",
  "stress-scenario": "risk",
  workspace: "workspace",
  market: "workspace",
  account: "account",
};
const wordsOf = (area: Area): string[] => Object.keys(AREA_OF).filter((word) => AREA_OF[word] === area);

/** The audit log, newest first, page by page. Throws INVALID_CURSOR. */
export async function listAudit(
  db: Database,
  scope: TenantScope,
  input: Filter & { cursor?: string | undefined; limit: number },
): Promise<AuditPage> {
  const rows = await read(db, scope, input, input.limit + 1, input.cursor);
  const actors = await db.prisma.auditEntry.findMany({
    where: { workspaceId: scope.workspaceId },
    distinct: ["actor"],
    select: { actor: true },
    take: 200,
  });
  const names = await namesOf(db, scope, rows.flatMap(idsIn), [...rows.map((r) => r.actor), ...actors.map((a) => a.actor)]);
  return {
    rows: rows.slice(0, input.limit).map((r) => view(r, names)),
    nextCursor: nextCursor(rows, input.limit),
    actors: actors.map(({ actor }) => ({ actor, who: names.actor(actor) })).sort((a, b) => a.who.localeCompare(b.who)),
  };
}

/** Up to `most` entries that pass the filter, newest first. */
export async function readAuditRows(db: Database, scope: TenantScope, filter: Filter, most: number): Promise<AuditRowView[]> {
  const rows = await read(db, scope, filter, most, undefined);
  const names = await namesOf(
    db,
    scope,
    rows.flatMap(idsIn),
    rows.map((r) => r.actor),
  );
  return rows.map((r) => view(r, names));
}

const view = (r: Row, names: Names): AuditRowView => ({
  id: r.id,
  at: r.at.getTime(),
  actor: r.actor,
  who: names.actor(r.actor),
  action: r.action,
  subject: r.subject,
  subjectName: r.subject === null ? null : names.subject(r.subject),
  data: r.data,
  names: Object.fromEntries(
    idsIn(r).flatMap((id) => {
      const name = names.subject(id);
      return name === null ? [] : [[id, name]];
    }),
  ),
});

/** Ids that an entry names: of what it is about, and in its details. */
const idsIn = (r: Row): string[] => [r.subject, ...Object.values(r.data)].filter((v): v is string => typeof v === "string" && UUID.test(v));

function read(db: Database, scope: TenantScope, filter: Filter, limit: number, cursor: string | undefined): Promise<Row[]> {
  const { area, actor, subject, from, to, text } = filter;
  const place = cursor === undefined ? null : readCursor(cursor);
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(Math.min(ms, 253_402_300_799_000)).toISOString());
  const like = text ? `%${text.replace(/[\\%_]/g, (c) => `\\${c}`)}%` : null;
  return db.raw.query<Row>(
    `SELECT id, at, actor, action, subject, data FROM "AuditEntry"
      WHERE "workspaceId" = $1::uuid
        AND ($2::jsonb IS NULL OR split_part(action, '.', 1) IN (SELECT jsonb_array_elements_text($2::jsonb)))
        AND ($3::jsonb IS NULL OR split_part(action, '.', 1) NOT IN (SELECT jsonb_array_elements_text($3::jsonb)))
        AND ($4::text IS NULL OR actor = $4) AND ($5::text IS NULL OR subject = $5)
        AND ($6::timestamptz IS NULL OR at >= $6::timestamptz) AND ($7::timestamptz IS NULL OR at < $7::timestamptz)
        AND ($8::text IS NULL OR action ILIKE $8 OR data::text ILIKE $8)
        AND ($9::timestamptz IS NULL OR (at, id) < ($9::timestamptz, $10::uuid))
      ORDER BY at DESC, id DESC LIMIT ${Math.trunc(limit)}`,
    [
      scope.workspaceId,
      area && area !== "other" ? JSON.stringify(wordsOf(area)) : null,
      area === "other" ? JSON.stringify(Object.keys(AREA_OF)) : null,
      actor ?? null,
      subject ?? null,
      time(from),
      time(to),
      like,
      place?.at.toISOString() ?? null,
      place?.id ?? null,
    ],
  );
}

type Names = { actor(actor: string): string; subject(id: string): string | null };

/** Names of this workspace only: what an entry says of another's ids stays an id. */
async function namesOf(db: Database, scope: TenantScope, subjects: readonly string[], actors: readonly string[]): Promise<Names> {
  const { workspaceId } = scope;
  const ids = [...new Set(subjects)];
  const acting = (kind: string) =>
    [...new Set(actors.filter((a) => a.startsWith(`${kind}:`)).map((a) => a.slice(kind.length + 1)))].filter((a) => UUID.test(a));
  const { prisma: p } = db;
  const agents = await p.agent.findMany({ where: { workspaceId, id: { in: ids } }, select: { id: true, name: true } });
  const nodes = await p.walletNode.findMany({ where: { workspaceId, id: { in: ids } }, select: { id: true, name: true } });
  const keys = await p.apiKey.findMany({ where: { workspaceId, id: { in: acting("api-key") } }, select: { id: true, name: true } });
  // Whoever acted here was a member when they did.
  const users = await p.user.findMany({ where: { id: { in: [...acting("user"), ...ids] } }, select: { id: true, address: true, isDemo: true } });
  const person = new Map(users.map((u) => [u.id, u.isDemo ? "Demo trader" : u.address]));
  const key = new Map(keys.map((k) => [k.id, k.name]));
  const named = new Map([...agents, ...nodes].map((s) => [s.id, s.name]));
  return {
    actor(actor) {
      const [kind = "", id = ""] = [actor.slice(0, actor.indexOf(":")), actor.slice(actor.indexOf(":") + 1)];
      if (kind === "system") return "MemePulse";
      if (kind === "api-key") return `API key ${key.get(id) ?? id.slice(0, 8)}`;
      return person.get(id) ?? id.slice(0, 8);
    },
    subject: (id) => named.get(id) ?? person.get(id) ?? null,
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
