import type { EventDraft } from "@/server/events";
import { add, DomainError, type Fixed, mul, ONE, sub, sum, type TenantScope, ZERO } from "@/server/shared";
import type { GoalPorts } from "./goal-ports";
import { moveGoal } from "./goal-status";
import { amountWords, goalTitle, plain } from "./goal-words";
import { agentsBelow, freeCash } from "./look-at-goal";
import { collectTo, nextMoves } from "./plan-achievement";
import type { Achievement, GoalNode, PlannedMove } from "./ports";

/** Why a movement was not made. `never`: a person has refused it; `anew`: its amount is to be worked out again; else it waits. */
type NotMoved = { readonly what: "never" | "anew" | "waits"; readonly why: string };

/** Who set the goal: what it moves counts as moved by that person, and somebody else agrees to what is large. */
type AskedBy = { readonly askedBy: string | undefined };

/**
 * Carries out what follows from a reached goal: stop the agents, close first where that is the rule, collect what is free, raise the goal,
 * tell people. Every step is stored before the next (compare-and-set), each movement has its key, so a process that dies anywhere leaves no
 * more than a step to be done again. Money under open positions is not moved: the rest waits and is taken when it is free.
 */
export class AchievementSettler {
  constructor(private readonly ports: GoalPorts) {}

  /** Takes up everything of the workspace that is open; what fails keeps nothing else from it, the first failure is thrown. Returns the movements made. */
  async settle(scope: TenantScope, nodes: readonly GoalNode[], now: number): Promise<number> {
    let moved = 0;
    const failures: unknown[] = [];
    for (const achievement of await this.ports.store.achievements(scope, { open: true })) {
      try {
        moved += await this.#one(scope, achievement, nodes, now);
      } catch (error) {
        // Another process is at it: that one goes on.
        if (!(error instanceof DomainError && error.code === "ACHIEVEMENT_TAKEN")) failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return moved;
  }

  async #one(scope: TenantScope, achievement: Achievement, nodes: readonly GoalNode[], now: number): Promise<number> {
    const { store } = this.ports;
    const stored = await store.get(scope, achievement.goalId);
    const { goal } = stored;
    const node = nodes.find((n) => n.id === goal.nodeId);
    if (!node) {
      await store.saveAchievement(scope, { ...achievement, status: "done", note: "The wallet is closed: nothing is left to collect." }, []);
      return 0;
    }
    const agents = agentsBelow(nodes, node.id);
    if (achievement.rule.after === "stop") await this.#stop(scope, agents);
    // Once money was planned to move, everything had been sold.
    if (achievement.rule.closeFirst && achievement.moves.length === 0 && !(await this.#closed(scope, achievement, agents))) {
      await this.#note(scope, achievement, "Positions are being sold first.");
      return 0;
    }
    if (achievement.rule.collect === "none") {
      await this.#finish(scope, achievement, node, agents, null, now);
      return 0;
    }
    const {
      achievement: after,
      moved,
      waits,
      over,
    } = await this.#collect(scope, achievement, { ...node, askedBy: stored.setBy }, agents, nodes, now);
    if (waits !== null) await this.#note(scope, after, waits);
    else await this.#finish(scope, after, node, agents, over, now);
    return moved;
  }

  async #stop(scope: TenantScope, agents: readonly GoalNode[]): Promise<void> {
    for (const { agentId, agentStatus } of agents)
      if (agentId !== null && (agentStatus === "running" || agentStatus === "starting")) await this.ports.agents.stop(scope, agentId);
  }

  /** Whether nothing is held any more; what is held is being sold, and its agent only reduces until the achievement is done. */
  async #closed(scope: TenantScope, achievement: Achievement, agents: readonly GoalNode[]): Promise<boolean> {
    const money = await this.ports.store.money(
      scope,
      agents.map((a) => a.id),
    );
    let closed = true;
    for (const { id, agentId } of agents)
      if (agentId !== null && money.get(id)?.busy) closed = (await this.ports.agents.close(scope, agentId, achievement.id)) && closed;
    return closed;
  }

  /** Makes the planned movements, planning them first where there are none. `waits` = why it is not over; `over` = why less was collected. */
  async #collect(
    scope: TenantScope,
    given: Achievement,
    node: GoalNode & AskedBy,
    agents: readonly GoalNode[],
    nodes: readonly GoalNode[],
    now: number,
  ) {
    const { store } = this.ports;
    let current = given.moves.every((m) => m.done) ? await this.#plan(scope, given, node, agents, nodes, now) : given;
    let moved = 0;
    let waits: string | null = null;
    let over: string | null = null;
    for (const move of current.moves) {
      if (move.done) continue;
      const outcome = await this.#move(scope, current, move, node.askedBy);
      const set = (change: Partial<PlannedMove>): readonly PlannedMove[] => current.moves.map((m) => (m.key === move.key ? { ...m, ...change } : m));
      if (outcome === "moved") {
        moved++;
        current = await store.saveAchievement(scope, { ...current, moves: set({ done: true }), collected: add(current.collected, move.amount) }, []);
      } else if (outcome.what === "waits") waits = outcome.why;
      else {
        // It has not moved and never will under its key. What a person refused is not due any more; the rest is planned anew with the next check.
        const due = outcome.what === "never" || current.rule.collect === "all" ? sub(current.due, move.amount) : current.due;
        current = await store.saveAchievement(scope, { ...current, due, moves: set({ done: true, amount: ZERO }) }, []);
        if (outcome.what === "never") over = outcome.why;
        else waits = outcome.why;
      }
    }
    const left = sub(current.due, current.collected);
    if (left <= ZERO) waits = null;
    else
      waits ??= `${plain(left)} ${node.currency} of ${plain(current.due)} are not free yet (open positions, orders or a reserve): they are collected when they are.`;
    return { achievement: current, moved, waits, over };
  }

  /** The next movements, of what is free beyond each wallet's reserve; stored before the first is made. */
  async #plan(
    scope: TenantScope,
    a: Achievement,
    node: GoalNode,
    agents: readonly GoalNode[],
    nodes: readonly GoalNode[],
    now: number,
  ): Promise<Achievement> {
    const from = [node, ...agents.filter((n) => n.id !== node.id)].map((n) => n.id);
    const free = await freeCash(this.ports, scope, nodes, from, now);
    const moves = nextMoves(
      a,
      collectTo(a.rule, node),
      from.map((nodeId) => ({ nodeId, cash: free.get(nodeId) ?? ZERO })),
      node.currency,
    );
    if (moves.length === 0) return a;
    // Of "all", what was free at the first time is what is due.
    const due = a.rule.collect === "all" && a.moves.length === 0 ? sum(moves.map((m) => m.amount)) : a.due;
    return this.ports.store.saveAchievement(scope, { ...a, due, moves: [...a.moves, ...moves] }, []);
  }

  async #move(scope: TenantScope, a: Achievement, move: PlannedMove, askedBy: AskedBy["askedBy"]): Promise<"moved" | NotMoved> {
    try {
      const why = `Goal reached (${a.rule.collect === "all" ? "all free cash" : a.rule.collect === "profit" ? "profit" : "share of the profit"})`;
      const { key, fromNodeId, toNodeId, amount } = move;
      const order = { kind: "collect" as const, fromNodeId, toNodeId, amount, key, why };
      const done = await this.ports.money.move(scope, order, askedBy === undefined ? {} : { askedBy });
      return done.pendingApproval ? { what: "waits", why: `A second person has to agree to ${plain(amount)}.` } : "moved";
    } catch (error) {
      // A refusal (reserve, pause, share) is no fault: it is said, and asked again with the next check.
      if (!(error instanceof DomainError) || error.details.kind === "internal" || error.details.kind === "unavailable") throw error;
      const what =
        error.code === "MOVEMENT_REFUSED" ? "never" : error.code === "BELOW_RESERVE" || error.code === "INSUFFICIENT_FUNDS" ? "anew" : "waits";
      return { what, why: error.message };
    }
  }

  async #note(scope: TenantScope, a: Achievement, note: string): Promise<void> {
    if (a.note !== note) await this.ports.store.saveAchievement(scope, { ...a, note }, []);
  }

  async #finish(scope: TenantScope, a: Achievement, node: GoalNode, agents: readonly GoalNode[], note: string | null, now: number): Promise<void> {
    const { store } = this.ports;
    if (a.rule.closeFirst) for (const { agentId } of agents) if (agentId !== null) await this.ports.agents.reopen(scope, agentId, a.id);
    if (a.rule.after === "raise" && a.rule.raisePercent !== null) await this.#raise(scope, a, a.rule.raisePercent, node, now);
    const text = `${amountWords(a.collected, "quote", node.currency)} collected from ${node.name}.`;
    const told: EventDraft[] =
      a.collected > ZERO ? [{ type: "goal/noticed", data: { goalId: a.goalId, nodeId: node.id, kind: "collected", text } }] : [];
    await store.saveAchievement(scope, { ...a, status: "done", note }, told);
  }

  /** The next target; a goal that somebody changed meanwhile stays as it is. Done before the achievement is closed, and at most once. */
  async #raise(scope: TenantScope, a: Achievement, percent: Fixed, node: GoalNode, now: number): Promise<void> {
    const stored = await this.ports.store.get(scope, a.goalId);
    const { goal } = stored;
    if (goal.version !== a.version + 1 || (goal.status !== "achieved" && goal.status !== "active")) return;
    const target = mul(goal.target, add(ONE, (percent / 100n) as Fixed), "half-even");
    const after = goal.status === "achieved" ? moveGoal(goal, "raise", null) : { ...goal, version: goal.version + 1 };
    const raised = { ...after, target, userTarget: target };
    const why = `Reached, so raised by ${plain(percent)} %: ${goalTitle(raised, node.currency)}.`;
    await this.ports.store.save(scope, goal, { ...stored, goal: raised }, now, {
      action: "goal.raised",
      why,
      change: { from: goal.target, to: target, why, kind: "raised" },
      events: [{ type: "goal/changed", data: { goalId: goal.id, status: raised.status, text: why } }],
    });
  }
}
