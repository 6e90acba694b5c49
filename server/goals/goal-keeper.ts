import type { EventDraft } from "@/server/events";
import { DomainError, HOUR_MS, type TenantScope } from "@/server/shared";
import { AchievementSettler } from "./achievement-settler";
import { adapts, adaptThreshold, volatilityOf } from "./adapt-threshold";
import type { CapitalService } from "./capital-service";
import { type GoalGauge, gaugeOf } from "./goal-gauge";
import type { GoalPorts } from "./goal-ports";
import { GOAL_SPECS } from "./goal-specs";
import { moveGoal } from "./goal-status";
import { goalTitle } from "./goal-words";
import { agentsBelow, ceilingOver, lookAtGoal, type SeenGoal } from "./look-at-goal";
import { noticesOf } from "./notices";
import { achievementId, planAchievement } from "./plan-achievement";
import type { GoalNode, StoredGoal } from "./ports";
import { regularReturns } from "./regular-returns";

export type KeeperSummary = {
  readonly workspaces: number;
  readonly goals: number;
  readonly achieved: number;
  readonly missed: number;
  readonly moved: number;
};

/** Measures goals, tells people what happened, carries out what was to follow, and leaves each agent its gauges. Whoever calls it checks. */
export class GoalKeeper {
  readonly #settler: AchievementSettler;
  constructor(private readonly ports: GoalPorts) {
    this.#settler = new AchievementSettler(ports);
  }

  /** Proposes capital by goals in every workspace that has some; returns how many proposals. */
  async propose(capital: Pick<CapitalService, "propose">): Promise<number> {
    let made = 0;
    const failures: unknown[] = [];
    for (const id of await this.ports.store.workspaces()) {
      try {
        made += (await capital.propose(this.ports.scopeOf(id))).length;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return made;
  }

  /** All workspaces with goals, or one. What fails in one keeps nothing from the others; the first failure is thrown in the end. */
  async check(workspaceId: string | null = null): Promise<KeeperSummary> {
    const ids = workspaceId === null ? await this.ports.store.workspaces() : [workspaceId];
    const failures: unknown[] = [];
    const total = { workspaces: ids.length, goals: 0, achieved: 0, missed: 0, moved: 0 };
    for (const id of ids) {
      try {
        const found = await this.#workspace(this.ports.scopeOf(id));
        total.goals += found.goals;
        total.achieved += found.achieved;
        total.missed += found.missed;
        total.moved += found.moved;
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return total;
  }

  async #workspace(scope: TenantScope): Promise<Omit<KeeperSummary, "workspaces">> {
    const { store, clocks } = this.ports;
    const now = clocks.market.now();
    const nodes = await store.nodes(scope);
    const acting = (await store.list(scope, "acting")).filter((s) => nodes.some((n) => n.id === s.goal.nodeId));
    const failures: unknown[] = [];
    const trying = async <T>(run: () => Promise<T>): Promise<T | null> => {
      try {
        return await run();
      } catch (error) {
        failures.push(error);
        return null;
      }
    };
    const seen: (readonly [StoredGoal, SeenGoal])[] = [];
    for (const stored of acting) {
      const looked = await trying(() => lookAtGoal(this.ports, scope, stored, nodes, now));
      if (looked) seen.push([stored, looked]);
    }
    const all = seen.map(([, looked]) => looked);
    let [achieved, missed] = [0, 0];
    for (const [stored, looked] of seen) {
      const end = await trying(() => this.#judge(scope, stored, looked, all, nodes, now));
      if (end === "achieved") achieved++;
      if (end === "missed") missed++;
    }
    // Whatever became of the rest, the agents learn of the goals as they are now.
    await trying(() => this.leaveGauges(scope));
    const moved = (await trying(() => this.#settler.settle(scope, nodes, now))) ?? 0;
    await trying(() => this.leaveGauges(scope));
    if (failures.length > 0) throw failures[0];
    return { goals: acting.length, achieved, missed, moved };
  }

  /** One goal: its threshold, its odds, its row; and its end when it has come to one. */
  async #judge(scope: TenantScope, stored: StoredGoal, seen: SeenGoal, all: readonly SeenGoal[], nodes: readonly GoalNode[], now: number) {
    const { store } = this.ports;
    const currency = nodes.find((n) => n.id === stored.goal.nodeId)?.currency ?? "";
    const { goal, state, measure, question } = seen;
    const parents = new Map(nodes.map((n) => [n.id, n.parentId]));
    const above = (upper: string, lower: string): boolean => {
      for (let id = parents.get(lower) ?? null, n = 0; id !== null && n < 100; id = parents.get(id) ?? null, n++) if (id === upper) return true;
      return false;
    };
    const odds = isStale(stored, seen, now) ? await this.ports.compute({ ...question, ceiling: ceilingOver(goal, all, above) }) : stored.odds;
    const returns = adapts(goal) ? regularReturns(question.points, 0).returns : [];
    const volatility = stored.volatility ?? volatilityOf(returns);
    const checked: StoredGoal = { ...stored, state, measure, odds, volatility };
    const events: EventDraft[] = noticesOf(stored, checked, currency);
    if (goal.status === "active" && measure.reached) {
      if (await this.#achieve(scope, checked, now, currency)) return "achieved";
    }
    if (goal.status === "active" && goal.deadline !== null && now >= goal.deadline) return this.#end(scope, checked, now, currency);
    const recent = volatilityOf(returns.slice(-Math.max(20, Math.ceil(returns.length / 5))));
    const change =
      goal.status === "active" && volatility !== null && recent !== null ? adaptThreshold(goal, { now: recent, before: volatility }, currency) : null;
    if (change) {
      const after = { ...checked, goal: { ...goal, target: change.to, version: goal.version + 1 } };
      await store.save(scope, goal, after, now, {
        action: "goal.adapted",
        why: change.why,
        change: { ...change, kind: "adapted" },
        events: [...events, changed(goal.id, goal.status, change.why)],
      });
      return null;
    }
    await store.saveCheck(scope, checked, events);
    return null;
  }

  /** Reached: a recurring goal goes on and its period is settled once; any other is achieved. */
  async #achieve(scope: TenantScope, checked: StoredGoal, now: number, currency: string): Promise<boolean> {
    const { goal, measure, state } = checked;
    if (!measure || !state) return false;
    const recurring = GOAL_SPECS[goal.kind].recurring;
    const period = recurring ? measure.from : null;
    const text = `Reached: ${goalTitle(goal, currency)}.`;
    // One settlement a period, whatever became of the goal's version since.
    if (recurring && (await this.ports.store.hasAchievement(scope, achievementId(goal.id, goal.version, period)))) return false;
    const collected = await this.ports.store.collected(scope, goal.id);
    const goesOn = recurring && goal.onAchieved.after !== "stop";
    const after = goesOn ? { ...goal, version: goal.version + 1 } : moveGoal(goal, "achieve", text);
    return this.ports.store.save(scope, goal, { ...checked, goal: after }, now, {
      action: "goal.achieved",
      why: text,
      achievement: planAchievement(goal, state, period, now, collected),
      events: [changed(goal.id, after.status, text), { type: "goal/achieved", data: { goalId: goal.id, nodeId: goal.nodeId, text } }],
    });
  }

  /** The deadline has come: a ceiling that was kept is achieved, one that was broken and a target that was not reached are missed. */
  async #end(scope: TenantScope, checked: StoredGoal, now: number, currency: string) {
    const { goal, measure } = checked;
    const ceiling = GOAL_SPECS[goal.kind].sense === "keep-below";
    const kept = ceiling && measure?.broken === false;
    const text = kept ? `Kept to the end: ${goalTitle(goal, currency)}.` : `${ceiling ? "Not kept" : "Not reached"}: ${goalTitle(goal, currency)}.`;
    const after = moveGoal(goal, kept ? "achieve" : "miss", text);
    const done = await this.ports.store.save(scope, goal, { ...checked, goal: after }, now, {
      action: kept ? "goal.achieved" : "goal.missed",
      why: text,
      events: [changed(goal.id, after.status, text)],
    });
    if (!done) return null;
    return kept ? "achieved" : "missed";
  }

  /** What every agent's next turns are told of the goals over it, as of now. Called after each check and after each change of a goal. */
  async leaveGauges(scope: TenantScope): Promise<void> {
    // Goals that change meanwhile are read again.
    for (let tries = 0; tries < 5; tries++) if (await this.#leaveGauges(scope)) return;
    throw new DomainError("GOALS_BUSY", "The goals change faster than they can be handed to the agents; the next check does it.", {
      kind: "unavailable",
    });
  }

  async #leaveGauges(scope: TenantScope): Promise<boolean> {
    const { store, clocks } = this.ports;
    const now = clocks.market.now();
    const [goals, nodes] = [await store.list(scope, "acting"), await store.nodes(scope)];
    const below = new Map(goals.map(({ goal }) => [goal.id, agentsBelow(nodes, goal.nodeId)]));
    const others = [...new Set([...below.values()].flat().flatMap((n) => n.agentId ?? []))];
    const worth = await store.agentsWorth(scope, others, now);
    const gauges = new Map<string, GoalGauge[]>();
    for (const { goal, state, measure } of goals) {
      if (!state || !measure) continue;
      const node = nodes.find((n) => n.id === goal.nodeId);
      for (const { id, agentId } of below.get(goal.id) ?? []) {
        if (agentId === null) continue;
        // An agent's own goal is measured on the agent itself: the same equity at the same instant.
        const own = id === goal.nodeId;
        const known = own ? { equity: state.equity, flows: await store.flows(scope, id, measure.at) } : worth.get(agentId);
        if (known) gauges.set(agentId, [...(gauges.get(agentId) ?? []), gaugeOf(goal, state, measure, known, node?.currency ?? "")]);
      }
    }
    return store.saveBudgets(
      scope,
      [...gauges].map(([agentId, list]) => ({ agentId, gauges: list })),
      goals.map((g) => g.goal),
      now,
    );
  }
}

/** Odds are worked out again when the record has grown, and every hour since time passes. */
const isStale = (stored: StoredGoal, seen: SeenGoal, now: number): boolean =>
  seen.goal.status === "active" &&
  (stored.odds === null || stored.state?.points !== seen.state.points || stored.measure === null || now - stored.measure.at >= HOUR_MS);

const changed = (goalId: string, status: string, text: string): EventDraft => ({ type: "goal/changed", data: { goalId, status, text } });
