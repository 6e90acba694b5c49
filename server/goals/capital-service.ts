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
import { type GoalDemands, movable } from "@/server/wallets";
import { type Contender, coordinate } from "./coordinate";
import type { GoalPorts } from "./goal-ports";
import { plain } from "./goal-words";
import { agentsBelow, freeCash, worthNow } from "./look-at-goal";
import type { GoalNode, PlannedMove, Proposal, ProposedShare, StoredGoal } from "./ports";

/** Changes below this share of the money divided are not worth a movement. */
const LEAST_MOVED = 0.02;
/** How often a farm or master is looked at (market ms). */
const EVERY_MS = DAY_MS;

/** Which child gets how much of its parent's capital, from the goals: proposed, and applied where every goal concerned allows it, or a person does. */
export class CapitalService implements GoalDemands {
  constructor(private readonly ports: GoalPorts & { readonly ids: IdSource }) {}

  async demands(scope: TenantScope, nodeId: string) {
    const [nodes, goals] = [await this.ports.store.nodes(scope), await this.ports.store.list(scope, "acting")];
    const { contenders } = await this.#contenders(scope, nodeId, nodes, goals);
    const shares = coordinate(contenders, null);
    return Object.fromEntries(
      shares.map((s) => [s.nodeId, { wanted: s.wanted, priority: contenders.find((c) => c.nodeId === s.nodeId)?.goal?.priority ?? 5 }]),
    );
  }

  /**
   * Proposes for each farm and master that has children with goals, once a day, in the place of what was proposed before; applies what may
   * be, and goes on with what was left. What fails at one parent keeps nothing from the others; the first failure is thrown in the end.
   */
  async propose(scope: TenantScope): Promise<readonly Proposal[]> {
    const { store, clocks } = this.ports;
    const [nodes, goals] = [await store.nodes(scope), await store.list(scope, "acting")];
    const before = await store.proposals(scope, 500);
    const made: Proposal[] = [];
    const failures: unknown[] = [];
    for (const left of before.filter((p) => p.status === "applying")) await this.#trying(failures, () => this.#carryOut(scope, left));
    for (const parent of parentsOf(nodes)) {
      const recent = before.find((p) => p.nodeId === parent.id);
      if (recent && (recent.status === "applying" || clocks.market.now() - recent.at < EVERY_MS)) continue;
      await this.#trying(failures, async () => {
        const proposal = await this.#proposalFor(scope, parent, nodes, goals);
        await store.propose(scope, parent.id, proposal);
        if (!proposal) return;
        made.push(proposal);
        const concerned = goals.filter((g) => g.goal.status === "active" && proposal.shares.some((s) => s.nodeId === g.goal.nodeId));
        if (concerned.length > 0 && concerned.every((g) => g.goal.mayApply))
          await this.#carryOut(scope, { ...proposal, actor: concerned[0]?.setBy ?? null });
      });
    }
    if (failures.length > 0) throw failures[0];
    return made;
  }

  async #trying(failures: unknown[], run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      // A refusal is written into its proposal; anything else is a failure.
      if (!(error instanceof DomainError) || error.details.kind === "internal" || error.details.kind === "unavailable") failures.push(error);
    }
  }

  /** Makes the proposed movements, all or none: again without effect. Throws PROPOSAL_OVER, and the mover's refusals, which end it with their reason. */
  async apply(scope: TenantScope, proposalId: string): Promise<void> {
    const proposal = await this.#get(scope, proposalId);
    if (proposal.status !== "open" && proposal.status !== "applying") throw over(proposal);
    await this.#carryOut(scope, proposal);
  }

  /** Moves what was moved back, all of it or nothing. Throws PROPOSAL_OVER, INSUFFICIENT_FUNDS and the mover's other refusals. */
  async undo(scope: TenantScope, proposalId: string): Promise<void> {
    const { store, money } = this.ports;
    const proposal = await this.#get(scope, proposalId);
    if (proposal.status !== "applied") throw over(proposal);
    const back = proposal.moves.map((m) => ({
      kind: "rebalance" as const,
      fromNodeId: m.toNodeId,
      toNodeId: m.fromNodeId,
      amount: m.amount,
      key: `${m.key}:undo`,
      why: "A proposal of the goals was undone",
    }));
    await money.moveAll(scope, back, { batchId: hashId("goal-proposal-undo", proposal.id) });
    await store.moveProposal(scope, { ...proposal, status: "undone", reason: null }, "applied");
  }

  async dismiss(scope: TenantScope, proposalId: string): Promise<void> {
    const proposal = await this.#get(scope, proposalId);
    if (!(await this.ports.store.moveProposal(scope, { ...proposal, status: "dismissed" }, "open"))) throw over(proposal);
  }

  async #carryOut(scope: TenantScope, proposal: Proposal): Promise<void> {
    const { store, money } = this.ports;
    if (proposal.status === "open" && !(await store.moveProposal(scope, { ...proposal, status: "applying", reason: null }, "open")))
      throw over(proposal);
    const orders = proposal.moves.map(({ key, fromNodeId, toNodeId, amount }) => ({
      kind: "rebalance" as const,
      fromNodeId,
      toNodeId,
      amount,
      key,
      why: proposal.why,
    }));
    try {
      // For whoever applied it, or set the first of the goals that let it be applied.
      const askedBy = proposal.actor === null ? {} : { askedBy: proposal.actor };
      const moved = await money.moveAll(scope, orders, { batchId: proposal.id, ...askedBy });
      // A second person has to agree: the next check asks again.
      if (moved.some((m) => m.pendingApproval)) return;
    } catch (error) {
      if (error instanceof DomainError && error.details.kind !== "internal" && error.details.kind !== "unavailable")
        await store.moveProposal(scope, { ...proposal, status: "failed", reason: error.message }, "applying");
      throw error;
    }
    await store.moveProposal(scope, { ...proposal, status: "applied", reason: null }, "applying");
  }

  async #get(scope: TenantScope, proposalId: string): Promise<Proposal> {
    const found = (await this.ports.store.proposals(scope, 200)).find((p) => p.id === proposalId);
    if (!found) throw notFound("This proposal");
    return found;
  }

  async #contenders(scope: TenantScope, nodeId: string, nodes: readonly GoalNode[], goals: readonly StoredGoal[]) {
    const now = this.ports.clocks.market.now();
    const children = nodes.filter((n) => n.parentId === nodeId && n.kind !== "vault");
    const worth = await worthNow(
      this.ports,
      scope,
      children.map((c) => c.id),
      now,
    );
    const contenders: readonly Contender[] = children.map((child) => ({
      nodeId: child.id,
      name: child.name,
      equity: worth.get(child.id) ?? ZERO,
      goal: firstGoal(goals, child, nodes),
    }));
    return { contenders, children };
  }

  async #proposalFor(scope: TenantScope, parent: GoalNode, nodes: readonly GoalNode[], goals: readonly StoredGoal[]): Promise<Proposal | null> {
    const now = this.ports.clocks.market.now();
    const under = new Set([
      parent.id,
      ...nodes.filter((n) => n.parentId === parent.id).flatMap((c) => [c.id, ...agentsBelow(nodes, c.id).map((a) => a.id)]),
    ]);
    if (!goals.some((g) => under.has(g.goal.nodeId))) return null;
    const { contenders, children } = await this.#contenders(scope, parent.id, nodes, goals);
    if (contenders.every((c) => c.goal === null)) return null;
    const shares = coordinate(contenders, lossLeftOf(goals, parent));
    const free = await freeCash(
      this.ports,
      scope,
      nodes,
      children.map((c) => c.id),
      now,
    );
    const moves = planMoves(shares, (id) => free.get(id) ?? ZERO, parent.currency);
    const total = sum(contenders.map((c) => c.equity));
    const moved = sum(moves.map((m) => m.amount));
    if (moves.length === 0 || Number(moved) < LEAST_MOVED * Number(total)) return null;
    const id = this.ports.ids.next();
    const rows: ProposedShare[] = shares.map((s) => {
      const contender = contenders.find((c) => c.nodeId === s.nodeId);
      return {
        nodeId: s.nodeId,
        name: contender?.name ?? "",
        equity: contender?.equity ?? ZERO,
        wanted: s.wanted,
        riskBudget: s.riskBudget,
        why: s.why,
      };
    });
    return {
      id,
      nodeId: parent.id,
      shares: rows,
      moves: moves.map((m, i) => ({ ...m, key: `goal-proposal:${hashId(id)}:${i}` })),
      why: `By goals: ${plain(moved)} ${parent.currency} moved between wallets of ${parent.name}`,
      status: "open",
      reason: null,
      actor: null,
      at: now,
    };
  }
}

/** Farms and masters with more than one child to divide between. */
function parentsOf(nodes: readonly GoalNode[]): readonly GoalNode[] {
  const count = new Map<string, number>();
  for (const n of nodes) if (n.parentId !== null && n.kind !== "vault") count.set(n.parentId, (count.get(n.parentId) ?? 0) + 1);
  return nodes.filter((n) => (count.get(n.id) ?? 0) > 1);
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

/** From those who should have less (never more than is free) to those who should have more, in units that can be moved; both in a fixed order. */
export function planMoves(shares: readonly Share[], freeOf: (nodeId: string) => Fixed, currency: string): readonly Omit<PlannedMove, "key">[] {
  const takers = shares.filter((s) => s.change > ZERO).map((s) => ({ nodeId: s.nodeId, left: movable(s.change, currency) }));
  const moves: Omit<PlannedMove, "key">[] = [];
  for (const giver of shares.filter((s) => s.change < ZERO)) {
    let left = movable(min(sub(ZERO, giver.change), freeOf(giver.nodeId)), currency);
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
