import { DomainError, type Fixed, type IdSource, notFound, type TenantScope, ZERO } from "@/server/shared";
import { findConflicts, type GoalConflict, type StandingGoal } from "./find-conflicts";
import { GoalKeeper } from "./goal-keeper";
import type { GoalPorts } from "./goal-ports";
import { firstState, type GoalState } from "./goal-state";
import { type GoalAction, moveGoal } from "./goal-status";
import { goalTitle } from "./goal-words";
import { lookAtGoal, nodeNow, rootOfNode, worthNow } from "./look-at-goal";
import type { GoalMeasure } from "./measure-goal";
import type { GoalOdds } from "./odds-types";
import type { GoalNode, StoredGoal } from "./ports";
import type { Goal, GoalDraft } from "./types";
import { validateGoal } from "./validate-goal";

/** A goal as it would stand: shown before anything is written. */
export type GoalPreview = {
  readonly goal: Goal;
  readonly title: string;
  readonly node: GoalNode;
  readonly equity: Fixed;
  readonly state: GoalState;
  readonly measure: GoalMeasure;
  readonly odds: GoalOdds;
  readonly conflicts: readonly GoalConflict[];
};

/** What people do with goals. Every change is one transaction with its audit entry; agents learn of it at once. */
export class GoalService {
  readonly #keeper: GoalKeeper;
  constructor(private readonly ports: GoalPorts & { readonly ids: IdSource }) {
    this.#keeper = new GoalKeeper(ports);
  }

  /** What this goal would mean, with its odds and what it collides with; nothing is written. Throws NOT_FOUND and what `validateGoal` throws. */
  async preview(scope: TenantScope, draft: GoalDraft): Promise<GoalPreview> {
    const { store, clocks, compute } = this.ports;
    const now = clocks.market.now();
    const nodes = await store.nodes(scope);
    const node = nodeOf(nodes, draft.nodeId);
    checkTarget(nodes, node, draft.onAchieved.collectTo);
    const { equity, flows } = await nodeNow(this.ports, scope, nodes, node.id, now);
    validateGoal(draft, { now, equity, currency: node.currency });
    const goal: Goal = {
      ...draft,
      id: this.ports.ids.next(),
      workspaceId: scope.workspaceId,
      nodeKind: node.kind,
      status: "active",
      version: 1,
      createdAt: now,
      startAt: now,
      startEquity: equity,
      userTarget: draft.target,
      statusReason: null,
    };
    const stored: StoredGoal = { goal, state: firstState(goal, now, equity, flows), measure: null, odds: null, volatility: null, sentence: null };
    const seen = await lookAtGoal(this.ports, scope, stored, nodes, now);
    const others = (await store.list(scope, "shown")).filter((s) => s.goal.status === "active");
    const ceilings = others.filter((s) => s.goal.kind === "drawdown" && s.goal.nodeId === goal.nodeId).map((s) => Number(s.goal.target) / 1e18);
    const ceiling = ceilings.length > 0 ? { percent: Math.min(...ceilings), fallen: 0 } : null;
    const odds = await compute({ ...seen.question, ceiling });
    const conflicts = this.#conflicts([...others, { ...stored, measure: seen.measure, odds }], nodes).filter((c) => c.goalIds.includes(goal.id));
    return { goal, title: goalTitle(goal, node.currency), node, equity, state: seen.state, measure: seen.measure, odds, conflicts };
  }

  /** Confirms a goal: from now on it is measured and acts. Throws what `preview` throws. */
  async create(scope: TenantScope, draft: GoalDraft, sentence: string | null): Promise<StoredGoal> {
    const { goal, title, state, measure, odds } = await this.preview(scope, draft);
    const stored: StoredGoal = { goal, state, measure, odds, volatility: null, sentence };
    await this.ports.store.create(scope, stored, {
      action: "goal.created",
      why: title,
      events: [{ type: "goal/changed", data: { goalId: goal.id, status: goal.status, text: `New goal: ${title}.` } }],
    });
    await this.#keeper.leaveGauges(scope);
    return stored;
  }

  /** Another target, deadline, priority or rule; the version it was read at makes sure that nobody else's change is lost. */
  async edit(scope: TenantScope, goalId: string, version: number, change: Partial<Omit<GoalDraft, "nodeId" | "kind" | "unit">>): Promise<StoredGoal> {
    const { store, clocks } = this.ports;
    const stored = await store.get(scope, goalId);
    const { goal } = stored;
    if (goal.status === "stopped") throw new DomainError("GOAL_TRANSITION", "A goal that is stopped cannot be changed.", { kind: "conflict" });
    const now = clocks.market.now();
    const nodes = await store.nodes(scope);
    const node = nodeOf(nodes, goal.nodeId);
    checkTarget(nodes, node, change.onAchieved?.collectTo ?? null);
    const target = change.target ?? goal.target;
    const next: Goal = { ...goal, ...change, target, userTarget: change.target ?? goal.userTarget, version: goal.version + 1 };
    const equity = (await worthNow(this.ports, scope, [node.id], now)).get(node.id) ?? ZERO;
    validateGoal(next, { now, equity, currency: node.currency });
    const why = `Changed: ${goalTitle(next, node.currency)}.`;
    await this.#save(
      scope,
      { ...goal, version },
      { ...stored, goal: next },
      now,
      "goal.edited",
      why,
      goal.target === target ? undefined : { from: goal.target, to: target, why, kind: "edited" },
    );
    return store.get(scope, goalId);
  }

  /** Pause, resume, reopen or stop. Throws GOAL_TRANSITION, GOAL_CHANGED. */
  async act(scope: TenantScope, goalId: string, action: Extract<GoalAction, "pause" | "resume" | "reopen" | "stop">): Promise<StoredGoal> {
    const { store, clocks } = this.ports;
    const stored = await store.get(scope, goalId);
    const now = clocks.market.now();
    const moved = moveGoal(stored.goal, action, null);
    if ((action === "resume" || action === "reopen") && moved.deadline !== null && moved.deadline <= now)
      throw new DomainError("GOAL_DEADLINE_PAST", "Its deadline is over: set a later one first.", {
        field: "deadline",
        data: { deadline: moved.deadline, now },
      });
    await this.#save(scope, stored.goal, { ...stored, goal: moved }, now, `goal.${action}`, `${goalTitle(moved, "")}: ${moved.status}`);
    return store.get(scope, goalId);
  }

  /** Puts a threshold back that was adapted or edited, and lets it be adapted no more. Throws NOT_FOUND, GOAL_CHANGE_UNDONE. */
  async undoChange(scope: TenantScope, goalId: string, changeId: string): Promise<StoredGoal> {
    const { store, clocks } = this.ports;
    const stored = await store.get(scope, goalId);
    const found = (await store.changes(scope, goalId)).find((c) => c.id === changeId);
    if (!found) throw notFound("This change");
    if (found.undone || found.kind === "undone")
      throw new DomainError("GOAL_CHANGE_UNDONE", "This change was put back already.", { kind: "conflict" });
    const now = clocks.market.now();
    const { goal } = stored;
    const next = { ...goal, target: found.from, adaptive: false, version: goal.version + 1 };
    const why = `Put back by you; it is not adapted any more.`;
    const done = await store.save(scope, goal, { ...stored, goal: next }, now, {
      action: "goal.change.undone",
      why,
      undoes: changeId,
      change: { from: goal.target, to: found.from, why, kind: "undone" },
      events: [{ type: "goal/changed", data: { goalId, status: goal.status, text: why } }],
    });
    if (!done) throw changedMeanwhile();
    await this.#keeper.leaveGauges(scope);
    return store.get(scope, goalId);
  }

  /** All goals of the workspace with their nodes and what collides. */
  async all(
    scope: TenantScope,
  ): Promise<{ readonly goals: readonly StoredGoal[]; readonly nodes: readonly GoalNode[]; readonly conflicts: readonly GoalConflict[] }> {
    const [goals, nodes] = [await this.ports.store.list(scope, "shown"), await this.ports.store.nodes(scope)];
    return { goals, nodes, conflicts: this.#conflicts(goals, nodes) };
  }

  #conflicts(goals: readonly StoredGoal[], nodes: readonly GoalNode[]): readonly GoalConflict[] {
    const standing: StandingGoal[] = goals.flatMap(({ goal, state, odds }) =>
      state
        ? [{ goal, equity: state.equity, probability: odds?.known ? odds.probability : null, withCeiling: odds?.known ? odds.withCeiling : null }]
        : [],
    );
    return findConflicts(standing, { nodes, currency: nodes[0]?.currency ?? "" });
  }

  async #save(
    scope: TenantScope,
    before: Goal,
    after: StoredGoal,
    now: number,
    action: string,
    why: string,
    change?: Parameters<GoalPorts["store"]["save"]>[4]["change"],
  ): Promise<void> {
    const done = await this.ports.store.save(scope, before, after, now, {
      action,
      why,
      ...(change && { change }),
      events: [{ type: "goal/changed", data: { goalId: before.id, status: after.goal.status, text: why } }],
    });
    if (!done) throw changedMeanwhile();
    await this.#keeper.leaveGauges(scope);
  }
}

const changedMeanwhile = (): DomainError =>
  new DomainError("GOAL_CHANGED", "Somebody else has changed this goal meanwhile: look at it again.", { kind: "conflict", field: "version" });

function nodeOf(nodes: readonly GoalNode[], id: string): GoalNode {
  const node = nodes.find((n) => n.id === id);
  if (!node) throw notFound("This wallet");
  return node;
}

/** Money is collected into a wallet of the same tree that is no agent. Throws NOT_FOUND (closed ones as well), GOAL_INVALID. */
function checkTarget(nodes: readonly GoalNode[], node: GoalNode, collectTo: string | null): void {
  if (collectTo === null) return;
  const to = nodeOf(nodes, collectTo);
  const refuse = (message: string) => new DomainError("GOAL_INVALID", message, { field: "onAchieved.collectTo", data: { to: to.name } });
  if (rootOfNode(nodes, to.id) !== rootOfNode(nodes, node.id))
    throw refuse(`${to.name} stands under another master wallet than ${node.name}: money is collected within one tree.`);
  if (to.agentId !== null) throw refuse(`${to.name} is an agent: profit is collected into a farm, a vault or a master wallet.`);
}
