import {
  add,
  DAY_MS,
  DomainError,
  type Fixed,
  hashId,
  type IdSource,
  min,
  notFound,
  sub,
  sum,
  type TenantScope,
  toText,
  ZERO,
} from "@/server/shared";
import type { GoalDemands } from "@/server/wallets";
import { type Contender, coordinate } from "./coordinate";
import type { GoalPorts } from "./goal-ports";
import { plain } from "./goal-words";
import { agentsBelow, nodeNow } from "./look-at-goal";
import type { GoalNode, PlannedMove, Proposal, ProposedShare, StoredGoal } from "./ports";

/** Changes below this share of the money divided are not worth a movement. */
const LEAST_MOVED = 0.02;
/** How often a farm or master is looked at (market ms). */
const EVERY_MS = DAY_MS;

/** Which child gets how much of its parent's capital, from the goals: proposed, and applied where every goal concerned allows it, or a person does. */
export class CapitalService implements GoalDemands {
  constructor(private readonly ports: GoalPorts & { readonly ids: IdSource }) {}

  async demands(scope: TenantScope, nodeId: string) {
    const { contenders } = await this.#contenders(scope, nodeId);
    const shares = coordinate(contenders, null);
    return Object.fromEntries(
      shares.map((s) => [s.nodeId, { wanted: s.wanted, priority: contenders.find((c) => c.nodeId === s.nodeId)?.goal?.priority ?? 5 }]),
    );
  }

  /** Proposes for each farm and master that has children with goals, in the place of what was proposed before; applies what may be. */
  async propose(scope: TenantScope): Promise<readonly Proposal[]> {
    const { store, clocks } = this.ports;
    const [nodes, goals] = [await store.nodes(scope), await store.list(scope)];
    const parents = nodes.filter((n) => nodes.filter((c) => c.parentId === n.id && c.kind !== "vault").length > 1);
    const made: Proposal[] = [];
    const before = await store.proposals(scope, 200);
    for (const parent of parents) {
      // One a day (market time), and none while one is being carried out.
      const recent = before.find((p) => p.nodeId === parent.id);
      if (recent && (recent.status === "applying" || clocks.market.now() - recent.at < EVERY_MS)) continue;
      const proposal = await this.#proposalFor(scope, parent, goals);
      await store.propose(scope, parent.id, proposal);
      if (!proposal) continue;
      made.push(proposal);
      const concerned = goals.filter((g) => g.goal.status === "active" && proposal.shares.some((s) => s.nodeId === g.goal.nodeId));
      if (concerned.length > 0 && concerned.every((g) => g.goal.mayApply)) await this.#carryOutIfLet(scope, proposal);
    }
    return made;
  }

  /** Makes the proposed movements, each under its key: again without effect, and taken up where it was left. Throws PROPOSAL_OVER, the mover's refusals. */
  async apply(scope: TenantScope, proposalId: string): Promise<void> {
    const proposal = await this.#get(scope, proposalId);
    if (proposal.status !== "open" && proposal.status !== "applying") throw over(proposal);
    await this.#carryOut(scope, proposal);
  }

  /** Moves what was moved back, as far as it is free. Throws PROPOSAL_OVER, INSUFFICIENT_FUNDS and the mover's other refusals. */
  async undo(scope: TenantScope, proposalId: string): Promise<void> {
    const { store, money } = this.ports;
    const proposal = await this.#get(scope, proposalId);
    if (proposal.status !== "applied") throw over(proposal);
    for (const m of [...proposal.moves].reverse())
      await money.move(scope, {
        kind: "rebalance",
        fromNodeId: m.toNodeId,
        toNodeId: m.fromNodeId,
        amount: m.amount,
        key: `${m.key}:undo`,
        why: "A proposal of the goals was undone",
      });
    await store.moveProposal(scope, { ...proposal, status: "undone" }, "applied");
  }

  async dismiss(scope: TenantScope, proposalId: string): Promise<void> {
    const proposal = await this.#get(scope, proposalId);
    if (!(await this.ports.store.moveProposal(scope, { ...proposal, status: "dismissed" }, "open"))) throw over(proposal);
  }

  /** What the mover refuses (reserve, share, pause) is left for a person to look at. */
  async #carryOutIfLet(scope: TenantScope, proposal: Proposal): Promise<void> {
    try {
      await this.#carryOut(scope, proposal);
    } catch (error) {
      if (!(error instanceof DomainError) || error.details.kind === "internal" || error.details.kind === "unavailable") throw error;
    }
  }

  async #carryOut(scope: TenantScope, proposal: Proposal): Promise<void> {
    const { store, money } = this.ports;
    if (proposal.status === "open" && !(await store.moveProposal(scope, { ...proposal, status: "applying" }, "open"))) throw over(proposal);
    for (const m of proposal.moves) {
      const { key, fromNodeId, toNodeId, amount } = m;
      const done = await money.move(scope, { kind: "rebalance", fromNodeId, toNodeId, amount, key, why: proposal.why });
      if (done.pendingApproval) return;
    }
    await store.moveProposal(scope, { ...proposal, status: "applied" }, "applying");
  }

  async #get(scope: TenantScope, proposalId: string): Promise<Proposal> {
    const found = (await this.ports.store.proposals(scope, 200)).find((p) => p.id === proposalId);
    if (!found) throw notFound("This proposal");
    return found;
  }

  async #contenders(scope: TenantScope, nodeId: string) {
    const { store, clocks } = this.ports;
    const now = clocks.market.now();
    const [nodes, goals] = [await store.nodes(scope), await store.list(scope)];
    const children = nodes.filter((n) => n.parentId === nodeId && n.kind !== "vault");
    const contenders: Contender[] = [];
    for (const child of children)
      contenders.push({
        nodeId: child.id,
        name: child.name,
        equity: (await nodeNow(this.ports, scope, nodes, child.id, now)).equity,
        goal: firstGoal(goals, child, nodes),
      });
    return { contenders, children };
  }

  async #proposalFor(scope: TenantScope, parent: GoalNode, goals: readonly StoredGoal[]): Promise<Proposal | null> {
    const { store, clocks } = this.ports;
    const { contenders, children } = await this.#contenders(scope, parent.id);
    if (contenders.every((c) => c.goal === null)) return null;
    const shares = coordinate(contenders, lossLeftOf(goals, parent));
    const cash = await store.money(
      scope,
      children.map((c) => c.id),
    );
    const moves = planMoves(shares, (id) => cash.get(id)?.cash ?? ZERO);
    const total = sum(contenders.map((c) => c.equity));
    const moved = sum(moves.map((m) => m.amount));
    if (moves.length === 0 || Number(moved) < LEAST_MOVED * Number(total)) return null;
    const id = this.ports.ids.next();
    const rows: ProposedShare[] = shares.map((s) => ({
      nodeId: s.nodeId,
      name: contenders.find((c) => c.nodeId === s.nodeId)?.name ?? "",
      equity: contenders.find((c) => c.nodeId === s.nodeId)?.equity ?? ZERO,
      wanted: s.wanted,
      riskBudget: s.riskBudget,
      why: s.why,
    }));
    return {
      id,
      nodeId: parent.id,
      shares: rows,
      moves: moves.map((m, i) => ({ ...m, key: `goal-proposal:${hashId(id)}:${i}` })),
      why: `By goals: ${plain(moved)} ${parent.currency} moved between ${moves.length + 1 > contenders.length ? "all" : "some"} of ${parent.name}'s wallets`,
      status: "open",
      actor: null,
      at: clocks.market.now(),
    };
  }
}

/** The most important active goal of a child or what stands under it: by priority, then by what is missing. */
function firstGoal(goals: readonly StoredGoal[], child: GoalNode, nodes: readonly GoalNode[]): Contender["goal"] {
  const under = new Set([child.id, ...agentsBelow(nodes, child.id).map((a) => a.id)]);
  const active = goals.filter((g) => g.goal.status === "active" && under.has(g.goal.nodeId) && g.goal.kind !== "drawdown");
  const first = active.sort((a, b) => a.goal.priority - b.goal.priority || (a.measure?.done ?? 0) - (b.measure?.done ?? 0))[0];
  if (!first) return null;
  return {
    id: first.goal.id,
    priority: first.goal.priority,
    done: first.measure?.done ?? 0,
    probability: first.odds?.known ? first.odds.probability : null,
  };
}

/** What a parent may still lose before its own narrowest ceiling: equity × (ceiling − drawdown) ÷ 100; null without one. */
function lossLeftOf(goals: readonly StoredGoal[], parent: GoalNode): Fixed | null {
  const left = goals.flatMap(({ goal, state, measure }) => {
    if (goal.status !== "active" || goal.kind !== "drawdown" || goal.nodeId !== parent.id || !state) return [];
    const room = sub(goal.target, measure?.value ?? ZERO);
    return [room <= ZERO ? ZERO : (((state.equity * room) / 100n / 10n ** 18n) as Fixed)];
  });
  return left.length === 0 ? null : left.reduce((a, b) => min(a, b));
}

type Share = { readonly nodeId: string; readonly change: Fixed };

/** From those who should have less (never more than their free cash) to those who should have more; both in a fixed order. */
export function planMoves(shares: readonly Share[], freeOf: (nodeId: string) => Fixed): readonly Omit<PlannedMove, "key">[] {
  const takers = shares.filter((s) => s.change > ZERO).map((s) => ({ nodeId: s.nodeId, left: s.change }));
  const moves: Omit<PlannedMove, "key">[] = [];
  for (const giver of shares.filter((s) => s.change < ZERO)) {
    let left = min(sub(ZERO, giver.change), freeOf(giver.nodeId));
    for (const taker of takers) {
      if (left <= ZERO) break;
      const amount = min(left, taker.left);
      if (amount <= ZERO) continue;
      moves.push({ fromNodeId: giver.nodeId, toNodeId: taker.nodeId, amount, done: false });
      left = sub(left, amount);
      taker.left = sub(taker.left, amount);
    }
  }
  return moves;
}

const over = (p: Proposal): DomainError =>
  new DomainError("PROPOSAL_OVER", `This proposal is ${p.status}.`, {
    kind: "conflict",
    data: { status: p.status, moved: toText(add(ZERO, sum(p.moves.map((m) => m.amount)))) },
  });
