import { add, type Fixed, fixed, notFound, type TenantScope, ZERO } from "@/server/shared";
import { type NodeRecords, type Place, type RecordPoint, subtreeOverTime } from "@/server/wallets";
import type { Database } from "../database";

const DEFAULT_POINTS = 500;

/** Records of nodes, made of the agents' recorded equity and of what was moved. What moves inside a node's sub-tree is no flow of the node. */
export class PrismaNodeRecords implements NodeRecords {
  constructor(private readonly db: Database) {}

  async record(scope: TenantScope, nodeId: string, range: Range): Promise<readonly RecordPoint[]> {
    return this.#record(scope.workspaceId, await this.#tree(scope), nodeId, range);
  }

  async records(scope: TenantScope, nodeIds: readonly string[], range: Range): Promise<readonly (readonly RecordPoint[])[]> {
    const tree = await this.#tree(scope);
    const out: (readonly RecordPoint[])[] = [];
    for (const nodeId of nodeIds) out.push(await this.#record(scope.workspaceId, tree, nodeId, range));
    return out;
  }

  /** All wallets of a workspace: which agent each is, and where each stood when. */
  async #tree({ workspaceId }: TenantScope): Promise<Tree> {
    const nodes = await this.db.prisma.walletNode.findMany({
      where: { workspaceId },
      select: { id: true, parentId: true, agent: { select: { id: true } } },
    });
    const stored = await this.db.prisma.nodePlace.findMany({ where: { workspaceId } });
    const placed = new Set(stored.map((p) => p.nodeId));
    return {
      agentOf: new Map(nodes.map((n) => [n.id, n.agent?.id ?? null])),
      places: [
        ...stored.map((p) => ({ nodeId: p.nodeId, parentId: p.parentId, since: p.since.getTime() })),
        ...nodes.filter((n) => !placed.has(n.id)).map((n) => ({ nodeId: n.id, parentId: n.parentId, since: 0 })),
      ],
    };
  }

  async #record(workspaceId: string, { agentOf, places }: Tree, nodeId: string, range: Range): Promise<readonly RecordPoint[]> {
    if (!agentOf.has(nodeId)) throw notFound("This wallet");
    const epochs = subtreeOverTime(places, nodeId);
    const ever = [...new Set(epochs.flatMap((e) => [...e.members]))];
    const agentIds = ever.flatMap((id) => agentOf.get(id) ?? []);
    const buckets = { ...range, step: Math.max(1, Math.ceil((range.to - range.from + 1) / (range.points ?? DEFAULT_POINTS))) };
    const [grid, points, moves, flows] = await Promise.all([
      this.#grid(nodeId, agentIds, buckets),
      this.#points(agentIds, buckets),
      this.#moves(workspaceId, ever, range.to),
      this.#flows(nodeId, range.to),
    ]);
    const series = new Map(ever.map((id) => [id, worthOverTime(points.get(agentOf.get(id) ?? "") ?? [], moves.get(id) ?? [])]));
    return gridPoints(grid, epochs, series, flows);
  }

  /** The last moment of each bucket at which something is known. */
  async #grid(nodeId: string, agentIds: readonly string[], { from, to, step }: Buckets): Promise<readonly number[]> {
    const rows = await this.db.raw.query<{ at: string }>(
      `SELECT max(ms)::text AS at FROM (
         SELECT (extract(epoch FROM at) * 1000)::bigint AS ms FROM "EquityPoint" WHERE "agentId" = ANY($1::uuid[]) AND at BETWEEN $3::timestamptz AND $4::timestamptz
         UNION ALL SELECT (extract(epoch FROM at) * 1000)::bigint FROM "NodeFlow" WHERE "nodeId" = $2::uuid AND at BETWEEN $3::timestamptz AND $4::timestamptz) p
       GROUP BY (ms - $5::bigint) / $6::bigint ORDER BY 1`,
      [agentIds, nodeId, iso(from), iso(to), from, step],
    );
    return rows.map((r) => Number(r.at)).sort((a, b) => a - b);
  }

  /** Each agent's last equity of every bucket, and its last one before the first. */
  async #points(agentIds: readonly string[], { from, to, step }: Buckets): Promise<ReadonlyMap<string, readonly Dated[]>> {
    const rows = await this.db.raw.query<{ id: string; at: string; amount: string }>(
      `(SELECT DISTINCT ON ("agentId", ((extract(epoch FROM at) * 1000)::bigint - $4::bigint) / $5::bigint)
          "agentId" AS id, (extract(epoch FROM at) * 1000)::bigint::text AS at, trim_scale(equity)::text AS amount
          FROM "EquityPoint" WHERE "agentId" = ANY($1::uuid[]) AND at BETWEEN $2::timestamptz AND $3::timestamptz
         ORDER BY "agentId", ((extract(epoch FROM at) * 1000)::bigint - $4::bigint) / $5::bigint, "EquityPoint".at DESC)
       UNION ALL
       SELECT a.id, (extract(epoch FROM e.at) * 1000)::bigint::text, trim_scale(e.equity)::text FROM unnest($1::uuid[]) AS a(id)
         CROSS JOIN LATERAL (SELECT e.at, e.equity FROM "EquityPoint" e WHERE e."agentId" = a.id AND e.at < $2::timestamptz ORDER BY e.at DESC LIMIT 1) e`,
      [agentIds, iso(from), iso(to), from, step],
    );
    return grouped(rows);
  }

  /** What each wallet was given (positive) or gave, oldest first. */
  async #moves(workspaceId: string, nodeIds: readonly string[], to: number): Promise<ReadonlyMap<string, readonly Dated[]>> {
    const rows = await this.db.raw.query<{ id: string; at: string; amount: string }>(
      `SELECT "toNodeId" AS id, (extract(epoch FROM at) * 1000)::bigint::text AS at, trim_scale(amount)::text AS amount FROM "Movement"
        WHERE "workspaceId" = $1::uuid AND "toNodeId" = ANY($2::uuid[]) AND status IN ('done', 'undone') AND at <= $3::timestamptz
       UNION ALL
       SELECT "fromNodeId", (extract(epoch FROM at) * 1000)::bigint::text, trim_scale(-amount)::text FROM "Movement"
        WHERE "workspaceId" = $1::uuid AND "fromNodeId" = ANY($2::uuid[]) AND status IN ('done', 'undone') AND at <= $3::timestamptz`,
      [workspaceId, nodeIds, iso(to)],
    );
    return grouped(rows);
  }

  async #flows(nodeId: string, to: number): Promise<readonly Dated[]> {
    const rows = await this.db.prisma.nodeFlow.findMany({ where: { nodeId, at: { lte: new Date(to) } }, orderBy: [{ at: "asc" }, { id: "asc" }] });
    return rows.map((r) => ({ at: r.at.getTime(), amount: fixed(r.flow.toFixed()) }));
  }
}

type Range = { readonly from: number; readonly to: number; readonly points?: number };
type Tree = { readonly agentOf: ReadonlyMap<string, string | null>; readonly places: readonly Place[] };
type Buckets = { readonly from: number; readonly to: number; readonly step: number };
type Dated = { readonly at: number; readonly amount: Fixed };
const iso = (ms: number): string => new Date(ms).toISOString();

function grouped(rows: readonly { id: string; at: string; amount: string }[]): ReadonlyMap<string, readonly Dated[]> {
  const out = new Map<string, Dated[]>();
  for (const r of rows) {
    const list = out.get(r.id) ?? [];
    list.push({ at: Number(r.at), amount: fixed(r.amount) });
    out.set(r.id, list);
  }
  for (const list of out.values()) list.sort((a, b) => a.at - b.at);
  return out;
}

/** What a wallet was worth at a moment: its last recorded equity and what was moved since; without one, all that was ever moved. Asked in order of time. */
function worthOverTime(points: readonly Dated[], moves: readonly Dated[]): (at: number) => Fixed {
  let [point, move] = [0, 0];
  let worth: Fixed = ZERO;
  return (at) => {
    for (;;) {
      const [p, m] = [points[point], moves[move]];
      const next = p && (!m || m.at > p.at) ? p.at : m?.at;
      if (next === undefined || next > at) return worth;
      // A point knows of everything up to its own moment.
      if (p && p.at === next && !(m && m.at <= p.at)) {
        worth = p.amount;
        point++;
      } else if (m) {
        worth = add(worth, m.amount);
        move++;
      }
    }
  };
}

function gridPoints(
  grid: readonly number[],
  epochs: ReturnType<typeof subtreeOverTime>,
  series: ReadonlyMap<string, (at: number) => Fixed>,
  flows: readonly Dated[],
): readonly RecordPoint[] {
  const out: RecordPoint[] = [];
  let flow = 0;
  while (flow < flows.length && grid[0] !== undefined && (flows[flow] as Dated).at <= grid[0]) flow++;
  for (const at of grid) {
    const epoch = epochs.findLast((e) => e.from <= at);
    let equity: Fixed = ZERO;
    for (const [id, worth] of series) {
      const now = worth(at);
      if (epoch?.members.has(id)) equity = add(equity, now);
    }
    let came: Fixed = ZERO;
    for (let f = flows[flow]; f && f.at <= at; f = flows[++flow]) came = add(came, f.amount);
    out.push({ at, equity, flow: came });
  }
  return out;
}
