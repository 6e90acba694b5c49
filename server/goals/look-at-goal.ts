import { DAY_MS, type Fixed, fixed, type TenantScope, ZERO } from "@/server/shared";
import { freeOf, type RecordPoint } from "@/server/wallets";
import type { GoalPorts } from "./goal-ports";
import { advanceAll, firstState, type GoalState } from "./goal-state";
import { drawdownPercent } from "./growth";
import { type GoalFigures, type GoalMeasure, measureGoal, NO_FIGURES } from "./measure-goal";
import type { OddsQuestion } from "./odds-types";
import type { GoalNode, StoredGoal } from "./ports";
import { FEWEST_RETURNS, regularReturns } from "./regular-returns";
import { yearlySharpe } from "./sum-odds";
import type { Goal } from "./types";

/** Points of a record that are asked for at once. */
const POINTS = 500;
/** What is older says little of today. */
const LONGEST_MS = 400 * DAY_MS;

/** A goal with everything its odds, its threshold and its gauges are worked out from. */
export type SeenGoal = {
  readonly goal: Goal;
  readonly state: GoalState;
  readonly measure: GoalMeasure;
  readonly question: Omit<OddsQuestion, "ceiling">;
};

type Children = { readonly byId: ReadonlyMap<string, GoalNode>; readonly children: ReadonlyMap<string, GoalNode[]> };
const trees = new WeakMap<readonly GoalNode[], Children>();

/** Nodes by id and by parent; worked out once a list. */
function treeOf(nodes: readonly GoalNode[]): Children {
  let tree = trees.get(nodes);
  if (!tree) {
    const children = new Map<string, GoalNode[]>();
    for (const n of nodes) {
      const list = n.parentId === null ? null : children.get(n.parentId);
      if (list) list.push(n);
      else if (n.parentId !== null) children.set(n.parentId, [n]);
    }
    tree = { byId: new Map(nodes.map((n) => [n.id, n])), children };
    trees.set(nodes, tree);
  }
  return tree;
}

/** The master above a node, or the highest node that is known. */
export function rootOfNode(nodes: readonly GoalNode[], nodeId: string): string {
  const { byId } = treeOf(nodes);
  let at = nodeId;
  for (let up = byId.get(at)?.parentId ?? null, hops = 0; up !== null && hops < 100; up = byId.get(at)?.parentId ?? null, hops++) at = up;
  return at;
}

/** Cash of each node that may be moved out of it: less the reserve that it keeps. */
export async function freeCash(
  ports: Pick<GoalPorts, "store" | "records">,
  scope: TenantScope,
  nodes: readonly GoalNode[],
  nodeIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, Fixed>> {
  const money = await ports.store.money(scope, nodeIds);
  // Only a reserve in per cent asks what the whole tree is worth.
  const roots = [...new Set([...money].filter(([, m]) => m.rules.reservePercent !== null).map(([id]) => rootOfNode(nodes, id)))];
  const worth = await worthNow(ports, scope, roots, now);
  return new Map([...money].map(([id, { cash, rules }]) => [id, freeOf(cash, rules, worth.get(rootOfNode(nodes, id)) ?? ZERO)]));
}

/** The agents at or below a node. */
export function agentsBelow(nodes: readonly GoalNode[], nodeId: string): readonly GoalNode[] {
  const { byId, children } = treeOf(nodes);
  const found: GoalNode[] = [];
  const visit = (node: GoalNode, depth: number): void => {
    if (node.agentId !== null) found.push(node);
    if (depth < 100) for (const child of children.get(node.id) ?? []) visit(child, depth + 1);
  };
  const top = byId.get(nodeId);
  if (top) visit(top, 0);
  return found;
}

type NodeNow = { readonly equity: Fixed; readonly points: readonly RecordPoint[]; readonly flows: Fixed };

/**
 * Worth of a node now: its last recorded point, else what its cash says; its record, as fine as so many points allow; and all that had come
 * into it by then. What moves while it is read is read again, so that the three belong together.
 */
export async function nodeNow(
  ports: Pick<GoalPorts, "store" | "records">,
  scope: TenantScope,
  nodes: readonly GoalNode[],
  nodeId: string,
  now: number,
): Promise<NodeNow> {
  const { store, records } = ports;
  const agentIds = agentsBelow(nodes, nodeId).flatMap((n) => n.agentId ?? []);
  const from = await store.recordStart(scope, agentIds);
  const range = { from: from === null ? 0 : Math.max(from, now - LONGEST_MS), to: now, points: POINTS };
  return steadily(ports, scope, nodeId, now, async (flows) => {
    const points = await records.record(scope, nodeId, range);
    const last = points.at(-1);
    if (last) return { equity: last.equity, points, flows };
    return { equity: (await store.money(scope, [nodeId])).get(nodeId)?.cash ?? ZERO, points, flows };
  });
}

/** Worth of nodes now, as {@link nodeNow} has it, of all of them at once and nothing else of them. */
export async function worthNow(
  { store, records }: Pick<GoalPorts, "store" | "records">,
  scope: TenantScope,
  nodeIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, Fixed>> {
  if (nodeIds.length === 0) return new Map();
  const last = await records.records(scope, nodeIds, { from: 0, to: now, points: 1 });
  const money = await store.money(scope, nodeIds);
  return new Map(nodeIds.map((id, i) => [id, last[i]?.at(-1)?.equity ?? money.get(id)?.cash ?? ZERO]));
}

/** Reads what belongs to one sum of movements; again when one came between. */
async function steadily<T>(
  { store }: Pick<GoalPorts, "store">,
  scope: TenantScope,
  nodeId: string,
  now: number,
  read: (flows: Fixed) => Promise<T>,
): Promise<T> {
  for (let flows = await store.nodeFlows(scope, nodeId, now), tries = 0; ; tries++) {
    const found = await read(flows);
    const after = await store.nodeFlows(scope, nodeId, now);
    if (after === flows || tries >= 5) return found;
    flows = after;
  }
}

/** Brings a goal's state up to `now` and measures it. Peaks between two checks count: the points since the last one are all taken. */
export async function lookAtGoal(
  ports: GoalPorts,
  scope: TenantScope,
  stored: StoredGoal,
  nodes: readonly GoalNode[],
  now: number,
): Promise<SeenGoal> {
  const { goal } = stored;
  const { equity, points, flows } = await nodeNow(ports, scope, nodes, goal.nodeId, now);
  const from = stored.state ?? firstState(goal, goal.startAt ?? now, goal.startEquity ?? equity, flows);
  const state = await steadily(ports, scope, goal.nodeId, now, async (total) =>
    advanceAll(from, await ports.records.record(scope, goal.nodeId, { from: from.at, to: now, points: POINTS }), goal, total, now),
  );
  const agentIds = agentsBelow(nodes, goal.nodeId).flatMap((n) => (n.agentId === null ? [] : [n.agentId]));
  const counts = goal.kind === "win-rate" || goal.kind === "volume";
  const trading = counts ? await ports.store.trading(scope, agentIds, 0) : { trades: [], volumes: [] };
  const start = goal.startAt ?? now;
  const figures = figuresOf(goal, points, trading, start);
  const measure = measureGoal(goal, state, figures, now);
  return { goal, state, measure, question: { goal, state, measure, figures, points, ...trading } };
}

function figuresOf(goal: Goal, points: readonly RecordPoint[], trading: Pick<OddsQuestion, "trades" | "volumes">, start: number): GoalFigures {
  if (goal.kind === "sharpe") {
    const grid = regularReturns(
      points.filter((p) => p.at >= start),
      0,
    );
    const { returns } = grid;
    const ratio =
      returns.length < FEWEST_RETURNS
        ? null
        : yearlySharpe(
            returns.reduce((a, x) => a + x, 0),
            returns.reduce((a, x) => a + x * x, 0),
            returns.length,
            grid.periodMs,
          );
    return { ...NO_FIGURES, sharpe: ratio === null ? null : fixed(ratio.toFixed(6)) };
  }
  const trades = trading.trades.filter((t) => t.at >= start);
  const volume = trading.volumes.reduce((sum, v) => (v.at >= start ? ((sum + v.notional) as Fixed) : sum), ZERO);
  return { ...NO_FIGURES, trades: trades.length, wins: trades.filter((t) => t.profit > 0n).length, volume };
}

/** The narrowest ceiling among these goals on the same node or above it, and how far its node has fallen; null without one. */
export function ceilingOver(goal: Goal, seen: readonly SeenGoal[], above: (upper: string, lower: string) => boolean): OddsQuestion["ceiling"] {
  const ceilings = seen.filter(
    (s) => s.goal.kind === "drawdown" && s.goal.id !== goal.id && (s.goal.nodeId === goal.nodeId || above(s.goal.nodeId, goal.nodeId)),
  );
  const left = (s: SeenGoal): number => Number(s.goal.target - drawdownPercent(s.state.index, s.state.peak)) / 1e18;
  const narrowest = ceilings.sort((a, b) => left(a) - left(b))[0];
  if (!narrowest) return null;
  return {
    percent: Number(narrowest.goal.target) / 1e18,
    fallen: Number(drawdownPercent(narrowest.state.index, narrowest.state.peak)) / 1e18,
  };
}
