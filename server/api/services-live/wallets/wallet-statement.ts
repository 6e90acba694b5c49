import type { Movement, Prisma } from "@/generated/prisma/client";
import type { Database } from "@/server/adapters/db/database";
import { personOfActor } from "@/server/adapters/db/person-of-actor";
import type { MovementView, StatementView } from "@/server/api/contract/wallets";
import { actorText, type Clocks, type TenantScope } from "@/server/shared";
import { undoUntil } from "@/server/wallets";

export type StatementFilter = {
  readonly nodeId?: string | undefined;
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly actor?: string | undefined;
  readonly text?: string | undefined;
};

/** People that the filter offers at most. */
const MOST_PEOPLE = 200;
const PAGE = 500;
const MOST_CSV_ROWS = 100_000;

/** Movements as a statement shows them, newest first. */
export class WalletStatement {
  constructor(
    private readonly db: Database,
    private readonly wall: Clocks["wall"],
  ) {}

  async rows(scope: TenantScope, input: StatementFilter & { readonly cursor?: string | undefined; readonly limit: number }): Promise<StatementView> {
    const rows = await this.#page(scope, input, input.cursor, input.limit + 1);
    const shown = rows.slice(0, input.limit);
    const actors = await this.#actors(scope);
    const names = await this.#people([...new Set([...actors, ...shown.map((r) => r.actor)])]);
    return {
      rows: await this.#views(scope, shown, names),
      nextCursor: rows.length > input.limit ? (shown.at(-1)?.id ?? null) : null,
      people: actors.map((actor) => ({ actor, name: names.get(actor) ?? actor })),
    };
  }

  /** Whose movements there are, by name; the database picks them, whatever the number of movements. */
  async #actors({ workspaceId }: TenantScope): Promise<readonly string[]> {
    const sql = `SELECT DISTINCT actor FROM "Movement" WHERE "workspaceId" = $1::uuid ORDER BY actor LIMIT ${MOST_PEOPLE}`;
    return (await this.db.raw.query<{ actor: string }>(sql, [workspaceId])).map((r) => r.actor);
  }

  /** The same as a file: exact amounts, times in ISO, one line a movement. */
  async csv(scope: TenantScope, filter: StatementFilter): Promise<{ name: string; text: string }> {
    const lines = [HEAD];
    let cursor: string | undefined;
    do {
      const rows = await this.#page(scope, filter, cursor, PAGE);
      const names = await this.#people(rows.map((r) => r.actor));
      for (const m of await this.#views(scope, rows, names)) lines.push(lineOf(m));
      cursor = rows.length === PAGE ? rows.at(-1)?.id : undefined;
    } while (cursor !== undefined && lines.length <= MOST_CSV_ROWS);
    return { name: "statement.csv", text: `${lines.join("\r\n")}\r\n` };
  }

  #page(scope: TenantScope, filter: StatementFilter, cursor: string | undefined, take: number): Promise<Movement[]> {
    return this.db.prisma.movement.findMany({
      where: whereOf(scope, filter),
      orderBy: [{ wallAt: "desc" }, { id: "desc" }],
      take,
      ...(cursor ? { cursor: { id: cursor }, skip: 1 } : {}),
    });
  }

  async #views(scope: TenantScope, rows: readonly Movement[], people: ReadonlyMap<string, string>): Promise<MovementView[]> {
    const ids = [...new Set(rows.flatMap((r) => [r.fromNodeId, r.toNodeId]).filter((id): id is string => id !== null))];
    const nodes = await this.db.prisma.walletNode.findMany({
      where: { id: { in: ids }, workspaceId: scope.workspaceId },
      select: { id: true, name: true, mode: true },
    });
    const byId = new Map(nodes.map((n) => [n.id, n]));
    const end = (id: string | null) => (id === null ? null : { id, name: byId.get(id)?.name ?? "" });
    const me = await personOfActor(this.db.prisma, scope.workspaceId, actorText(scope));
    return rows.map((r) => {
      const recorded = (r.fromNodeId === null || r.toNodeId === null) && byId.get(r.fromNodeId ?? r.toNodeId ?? "")?.mode === "live";
      return {
        id: r.id,
        kind: r.kind,
        from: end(r.fromNodeId),
        to: end(r.toNodeId),
        amount: r.amount.toFixed(),
        currency: r.currency,
        why: r.why,
        actor: r.actor,
        actorName: people.get(r.actor) ?? r.actor,
        own: (r.person ?? r.actor) === me,
        status: r.status as MovementView["status"],
        waitsFor: r.status === "pending" ? r.waitsFor : null,
        reason: r.reason,
        canUndo: r.status === "done" && r.undoOf === null && !recorded && this.wall.now() <= undoUntil(r.wallAt.getTime()),
        transactionId: r.transactionId,
        at: r.at.getTime(),
        wallAt: r.wallAt.getTime(),
      };
    });
  }

  /** Who somebody is: a wallet address shortened, a key by its name, or the product itself. */
  async #people(actors: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const of = (kind: string) => [...new Set(actors.filter((a) => a.startsWith(`${kind}:`)).map((a) => a.slice(kind.length + 1)))].filter(isUuid);
    const users = await this.db.prisma.user.findMany({ where: { id: { in: of("user") } }, select: { id: true, address: true } });
    const keys = await this.db.prisma.apiKey.findMany({ where: { id: { in: of("api-key") } }, select: { id: true, name: true } });
    return new Map([
      ...actors.filter((a) => a.startsWith("system:")).map((a) => [a, "MemePulse"] as const),
      ...users.map((u) => [`user:${u.id}`, `${u.address.slice(0, 6)}…${u.address.slice(-4)}`] as const),
      ...keys.map((k) => [`api-key:${k.id}`, `key ${k.name}`] as const),
    ]);
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

function whereOf({ workspaceId }: TenantScope, f: StatementFilter): Prisma.MovementWhereInput {
  return {
    workspaceId,
    ...(f.nodeId ? { OR: [{ fromNodeId: f.nodeId }, { toNodeId: f.nodeId }] } : {}),
    ...(f.kind ? { kind: f.kind } : {}),
    ...(f.status ? { status: f.status } : {}),
    ...(f.actor ? { actor: f.actor } : {}),
    ...(f.text ? { why: { contains: f.text, mode: "insensitive" } } : {}),
    ...(f.from !== undefined || f.to !== undefined
      ? { at: { ...(f.from === undefined ? {} : { gte: new Date(f.from) }), ...(f.to === undefined ? {} : { lte: new Date(f.to) }) } }
      : {}),
  };
}

const HEAD = "time,kind,status,from,to,amount,currency,why,who,reason,movement,transaction";

const lineOf = (m: MovementView): string =>
  [
    new Date(m.at).toISOString(),
    m.kind,
    m.status,
    m.from?.name ?? "outside",
    m.to?.name ?? "outside",
    m.amount,
    m.currency,
    m.why,
    m.actorName,
    m.reason ?? "",
    m.id,
    m.transactionId ?? "",
  ]
    .map(cell)
    .join(",");

/** Quoted where it must be; a text that a spreadsheet would run as a formula is kept a text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
