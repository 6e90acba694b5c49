import type { EventDraft } from "@/server/events";
import { type Fixed, HOUR_MS, sum, type TenantScope } from "@/server/shared";
import { AchievementSettler } from "./achievement-settler";
import { adapts, adaptThreshold, volatilityOf } from "./adapt-threshold";
import type { CapitalService } from "./capital-service";
import { type GoalGauge, gaugeOf } from "./goal-gauge";
import type { GoalPorts } from "./goal-ports";
import { GOAL_SPECS } from "./goal-specs";
import { goalActs, moveGoal } from "./goal-status";
import { goalTitle } from "./goal-words";
import { agentsBelow, ceilingOver, lookAtGoal, nodeNow, type SeenGoal } from "./look-at-goal";
import { noticesOf } from "./notices";
import { planAchievement } from "./plan-achievement";
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
    const acting = (await store.list(scope)).filter((s) => goalActs(s.goal) && nodes.some((n) => n.id === s.goal.nodeId));
    const seen: SeenGoal[] = [];
    for (const stored of acting) seen.push(await lookAtGoal(this.ports, scope, stored, nodes, now));
    let [achieved, missed] = [0, 0];
    for (const [i, stored] of acting.entries()) {
      const end = await this.#judge(scope, stored, seen[i] as SeenGoal, seen, nodes, now);
      if (end === "achieved") achieved++;
      if (end === "missed") missed++;
    }
    const moved = await this.#settler.settle(scope, nodes, now);
    await this.leaveGauges(scope);
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
    const known = await this.ports.store.achievements(scope, { goalId: goal.id });
    // One settlement a period, whatever became of the goal's version since.
    if (recurring && known.some((a) => a.periodStart === period)) return false;
    const collected = sum(known.map((a) => a.collected));
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
    const { store, clocks } = this.ports;
    const now = clocks.market.now();
    const nodes = await store.nodes(scope);
    const gauges = new Map<string, GoalGauge[]>();
    const worth = new Map<string, { readonly equity: Fixed; readonly flows: Fixed }>();
    for (const { goal, state, measure } of await store.list(scope)) {
      if (!goalActs(goal) || !state || !measure) continue;
      const node = nodes.find((n) => n.id === goal.nodeId);
      for (const agent of agentsBelow(nodes, goal.nodeId)) {
        // An agent's own goal is measured on the agent itself: the same equity at the same instant.
        const own = agent.id === goal.nodeId;
        const key = own ? `${agent.id}@${measure.at}` : agent.id;
        const known = worth.get(key) ?? {
          equity: own ? state.equity : (await nodeNow(this.ports, scope, nodes, agent.id, now)).equity,
          flows: await store.flows(scope, agent.id, own ? measure.at : now),
        };
        worth.set(key, known);
        gauges.set(agent.agentId ?? "", [...(gauges.get(agent.agentId ?? "") ?? []), gaugeOf(goal, state, measure, known, node?.currency ?? "")]);
      }
    }
    await store.saveBudgets(
      scope,
      [...gauges].map(([agentId, list]) => ({ agentId, gauges: list })),
      now,
    );
  }
}

/** Odds are worked out again when the record has grown, and every hour since time passes. */
const isStale = (stored: StoredGoal, seen: SeenGoal, now: number): boolean =>
  seen.goal.status === "active" &&
  (stored.odds === null || stored.state?.points !== seen.state.points || stored.measure === null || now - stored.measure.at >= HOUR_MS);

const changed = (goalId: string, status: string, text: string): EventDraft => ({ type: "goal/changed", data: { goalId, status, text } });
