import type { EventDraft } from "@/server/events";
import { add, DomainError, type Fixed, fixed, mul, ONE, roundTo, sub, sum, type TenantScope, ZERO } from "@/server/shared";
import type { GoalPorts } from "./goal-ports";
import { moveGoal } from "./goal-status";
import { amountWords, goalTitle, plain } from "./goal-words";
import { agentsBelow } from "./look-at-goal";
import { achievementKey, collectTo, nextMoves } from "./plan-achievement";
import type { Achievement, GoalNode, PlannedMove } from "./ports";

/**
 * Carries out what follows from a reached goal: stop the agents, close first where that is the rule, collect what is free, raise the goal,
 * tell people. Every step is stored before the next, each movement has its key, so a process that dies anywhere leaves no more than a
 * step to be done again. Money under open positions is not moved: the rest waits and is taken when it is free.
 */
export class AchievementSettler {
  constructor(private readonly ports: GoalPorts) {}

  /** Takes up everything of the workspace that is open. Returns the movements made. */
  async settle(scope: TenantScope, nodes: readonly GoalNode[], now: number): Promise<number> {
    let moved = 0;
    for (const achievement of await this.ports.store.achievements(scope, { open: true })) moved += await this.#one(scope, achievement, nodes, now);
    return moved;
  }

  async #one(scope: TenantScope, achievement: Achievement, nodes: readonly GoalNode[], now: number): Promise<number> {
    const { store } = this.ports;
    const { goal } = await store.get(scope, achievement.goalId);
    const node = nodes.find((n) => n.id === goal.nodeId);
    if (!node) {
      await store.saveAchievement(scope, { ...achievement, status: "done", note: "The wallet is closed: nothing is left to collect." }, []);
      return 0;
    }
    const agents = agentsBelow(nodes, node.id);
    if (achievement.rule.after === "stop") await this.#stop(scope, agents);
    if (achievement.rule.closeFirst && (await this.#close(scope, achievement, agents))) {
      await this.#note(scope, achievement, "Positions are being sold first.");
      return 0;
    }
    let current = achievement;
    let moved = 0;
    if (achievement.rule.collect !== "none") {
      const collected = await this.#collect(scope, achievement, node, agents);
      current = collected.achievement;
      moved = collected.moved;
      if (collected.waits !== null) {
        await this.#note(scope, current, collected.waits);
        return moved;
      }
    }
    await this.#finish(scope, current, node, now);
    return moved;
  }

  async #stop(scope: TenantScope, agents: readonly GoalNode[]): Promise<void> {
    for (const { agentId, agentStatus } of agents)
      if (agentId !== null && (agentStatus === "running" || agentStatus === "starting")) await this.ports.agents.stop(scope, agentId);
  }

  /** Whether something is still held; asks for its sale, once an achievement. */
  async #close(scope: TenantScope, achievement: Achievement, agents: readonly GoalNode[]): Promise<boolean> {
    const money = await this.ports.store.money(
      scope,
      agents.map((a) => a.id),
    );
    const busy = agents.filter((a) => money.get(a.id)?.busy);
    for (const { agentId } of busy)
      if (agentId !== null) await this.ports.agents.flatten(scope, agentId, "Its goal is reached: close first", `goal:${achievement.id}:${agentId}`);
    return busy.length > 0;
  }

  /** Makes the planned movements, planning them first where there are none; `waits` = why it is not over. */
  async #collect(scope: TenantScope, achievement: Achievement, node: GoalNode, agents: readonly GoalNode[]) {
    const { store } = this.ports;
    const to = collectTo(achievement.rule, node);
    let current = achievement;
    if (current.moves.every((m) => m.done)) {
      const from = [node, ...agents.filter((a) => a.id !== node.id)];
      const money = await store.money(
        scope,
        from.map((n) => n.id),
      );
      const free = from.map((n) => ({ nodeId: n.id, cash: money.get(n.id)?.cash ?? ZERO }));
      const moves = nextMoves(current, to, free);
      // Of "all", what was free at the first time is what is due.
      const due = current.rule.collect === "all" && current.moves.length === 0 ? sum(moves.map((m) => m.amount)) : current.due;
      current = { ...current, due, moves: [...current.moves, ...moves] };
      await store.saveAchievement(scope, current, []);
    }
    let moved = 0;
    let waits: string | null = null;
    for (const move of current.moves) {
      if (move.done) continue;
      const outcome = await this.#move(scope, current, move);
      if (outcome === "moved") {
        moved++;
        const moves = current.moves.map((m) => (m.key === move.key ? { ...m, done: true } : m));
        current = { ...current, moves, collected: add(current.collected, move.amount) };
        await store.saveAchievement(scope, current, []);
      } else if (outcome.again) {
        // What was refused has not moved and never will under its key: what may move is planned anew, now or with the next check.
        const dropped = current.moves.map((m) => (m.key === move.key ? { ...m, amount: ZERO, done: true } : m));
        const smaller = outcome.available > ZERO && outcome.available < move.amount ? [replanned(current, move, outcome.available)] : [];
        current = { ...current, moves: [...dropped, ...smaller] };
        // Of "all", the reserve was never due.
        if (current.rule.collect === "all") current = { ...current, due: sub(current.due, sub(move.amount, smaller[0]?.amount ?? ZERO)) };
        await store.saveAchievement(scope, current, []);
        for (const next of smaller) {
          if ((await this.#move(scope, current, next)) !== "moved") continue;
          moved++;
          current = {
            ...current,
            moves: current.moves.map((m) => (m.key === next.key ? { ...m, done: true } : m)),
            collected: add(current.collected, next.amount),
          };
          await store.saveAchievement(scope, current, []);
        }
        if (sub(current.due, current.collected) > ZERO) waits = outcome.why;
      } else waits = outcome.why;
    }
    const left = sub(current.due, current.collected);
    if (waits === null && left > ZERO)
      waits = `${plain(left)} ${node.currency} of ${plain(current.due)} are not free yet (open positions or orders): they are collected when they are.`;
    return { achievement: current, moved, waits };
  }

  async #move(scope: TenantScope, a: Achievement, move: PlannedMove): Promise<"moved" | NotMoved> {
    try {
      const why = `Goal reached (${a.rule.collect === "all" ? "all free cash" : a.rule.collect === "profit" ? "profit" : "share of the profit"})`;
      const { key, fromNodeId, toNodeId, amount } = move;
      const done = await this.ports.money.move(scope, { kind: "collect", fromNodeId, toNodeId, amount, key, why });
      return done.pendingApproval ? { again: false, why: `A second person has to agree to ${plain(amount)}.`, available: ZERO } : "moved";
    } catch (error) {
      // A refusal (reserve, cooldown, share) is no fault: it is said, and asked again with the next check.
      if (error instanceof DomainError && error.details.kind !== "internal" && error.details.kind !== "unavailable")
        return { again: error.code === "BELOW_RESERVE" || error.code === "INSUFFICIENT_FUNDS", why: error.message, available: availableIn(error) };
      throw error;
    }
  }

  async #note(scope: TenantScope, a: Achievement, note: string): Promise<void> {
    if (a.note !== note) await this.ports.store.saveAchievement(scope, { ...a, note }, []);
  }

  async #finish(scope: TenantScope, a: Achievement, node: GoalNode, now: number): Promise<void> {
    const { store } = this.ports;
    if (a.rule.after === "raise" && a.rule.raisePercent !== null) await this.#raise(scope, a, a.rule.raisePercent, node, now);
    const text = `${amountWords(a.collected, "quote", node.currency)} collected from ${node.name}.`;
    const told: EventDraft[] =
      a.collected > ZERO ? [{ type: "goal/noticed", data: { goalId: a.goalId, nodeId: node.id, kind: "collected", text } }] : [];
    await store.saveAchievement(scope, { ...a, status: "done", note: null }, told);
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

type NotMoved = { readonly again: boolean; readonly why: string; readonly available: Fixed };

/** What the mover says could be moved instead; zero when it does not say. */
function availableIn({ details }: DomainError): Fixed {
  const text = details.data?.free ?? details.data?.have;
  return typeof text === "string" ? fixed(text) : ZERO;
}

/** A smaller movement under the next key, in whole cents. */
const replanned = (a: Achievement, move: PlannedMove, available: Fixed): PlannedMove => ({
  ...move,
  key: `${achievementKey(a.goalId, a.version, a.periodStart)}:${a.moves.length}`,
  amount: roundTo(available, 2, "down"),
});
