import type { z } from "zod";
import type { AgentService, AgentStore } from "@/server/agents";
import {
  type CapitalService,
  type GoalDraft,
  type GoalKeeper,
  type GoalNode,
  type GoalService,
  type GoalStore,
  type PlainContext,
  readSentence,
  type StoredGoal,
} from "@/server/goals";
import type { MarketFeeds } from "@/server/market";
import { type Clocks, DomainError, fixed, notFound, type TenantScope, toText } from "@/server/shared";
import type { GoalDetailView, GoalDraftInput, GoalPreviewView, GoalsView, GoalView, goalInputs, ReadingView, RestatedView } from "../contract/goals";
import { type GoalReaderPorts, RESTATING_MODEL, restateGoal } from "./goal-reader";
import { conflictView, goalView, nodeView, oddsView, proposalView } from "./goal-views";

type In<K extends keyof typeof goalInputs> = z.output<(typeof goalInputs)[K]>;

export type GoalServiceParts = {
  readonly goals: GoalService;
  readonly capital: CapitalService;
  readonly keeper: Pick<GoalKeeper, "check">;
  readonly store: GoalStore;
  readonly agents: Pick<AgentService, "update">;
  readonly agentStore: Pick<AgentStore, "get">;
  readonly feeds: MarketFeeds;
  readonly reader: GoalReaderPorts;
  readonly clocks: Clocks;
};

/** Goals as the screen shows them, and what people do with them. */
export class LiveGoalService {
  constructor(private readonly parts: GoalServiceParts) {}

  async list(scope: TenantScope): Promise<GoalsView> {
    const { goals, nodes, conflicts } = await this.parts.goals.all(scope);
    const proposals = await this.parts.store.proposals(scope, 20);
    return {
      now: this.parts.clocks.market.now(),
      goals: goals.map((g) => goalView(g, nodes)),
      conflicts: conflicts.map(conflictView),
      proposals: proposals.filter((p) => p.status !== "outdated").map((p) => proposalView(p, nodes)),
      nodes: nodes.filter((n) => n.kind !== "vault").map(nodeView),
    };
  }

  async get(scope: TenantScope, goalId: string): Promise<GoalDetailView> {
    const { store } = this.parts;
    const stored = await store.get(scope, goalId);
    const [nodes, checks, changes, achievements] = [
      await store.nodes(scope),
      await store.checks(scope, goalId, 300),
      await store.changes(scope, goalId),
      await store.achievements(scope, { goalId }),
    ];
    return {
      goal: goalView(stored, nodes),
      checks: checks.map((c) => ({ ...c, value: c.value === null ? null : toText(c.value) })),
      changes: changes.map(({ id, kind, from, to, why, actor, at, undone }) => ({
        id,
        kind,
        from: toText(from),
        to: toText(to),
        why,
        actor,
        at,
        undone,
      })),
      achievements: achievements.map((a) => ({
        id: a.id,
        at: a.at,
        profit: toText(a.profit),
        due: toText(a.due),
        collected: toText(a.collected),
        status: a.status,
        note: a.note,
      })),
    };
  }

  async read(scope: TenantScope, input: In<"goalRead">): Promise<ReadingView> {
    return this.#read(input.sentence, await this.#plainContext(scope, input.nodeId));
  }

  /** By way of a model. What it added to the user's own numbers is asked about, as is what it did not understand. */
  async restate(scope: TenantScope, { sentence, nodeId, key }: In<"goalRestate">): Promise<RestatedView> {
    const context = await this.#plainContext(scope, nodeId);
    const { restated, cost } = await restateGoal(this.parts.reader, scope, { sentence, key, context });
    const view = (plain: string | null, reading: ReadingView): RestatedView => ({
      sentence: plain,
      model: RESTATING_MODEL.label,
      cost: toText(cost),
      reading,
    });
    const question = (text: string, choices: { label: string; sentence: string }[]): ReadingView => ({
      kind: "question",
      about: "model",
      question: text,
      choices,
      ignored: [],
    });
    if (restated === null) return view(null, { kind: "nothing", message: `${RESTATING_MODEL.label} found no goal in that.`, ignored: [] });
    if ("question" in restated) return view(null, question(restated.question, []));
    if (restated.added.length === 0) return view(restated.sentence, this.#read(restated.sentence, context));
    const added = `${RESTATING_MODEL.label} put in ${restated.added.join(" and ")}, which your sentence does not say. Is this what you want?`;
    return view(restated.sentence, question(added, [{ label: restated.sentence, sentence: restated.sentence }]));
  }

  async #plainContext(scope: TenantScope, nodeId: string | null): Promise<PlainContext> {
    const nodes = (await this.parts.store.nodes(scope)).filter((n) => n.kind !== "vault");
    if (nodeId !== null && !nodes.some((n) => n.id === nodeId)) throw notFound("This wallet");
    const feed = await this.parts.feeds.of(scope.workspaceId);
    return {
      now: this.parts.clocks.market.now(),
      symbols: feed.symbols().map((s) => s.symbol),
      currency: nodes[0]?.currency ?? "USDT",
      nodes: nodes.map(({ id, name, kind, symbols }) => ({ id, name, kind, symbols })),
      nodeId,
    };
  }

  #read(sentence: string, context: PlainContext): ReadingView {
    const reading = readSentence(sentence, context);
    if (reading.kind === "nothing") return { kind: "nothing", message: reading.message, ignored: [...reading.ignored] };
    if (reading.kind === "question")
      return {
        kind: "question",
        about: reading.about,
        question: reading.question,
        choices: reading.choices.map((c) => ({ ...c })),
        ignored: [...reading.ignored],
      };
    const nodeId = reading.nodeId;
    if (nodeId === null)
      return { kind: "nothing", message: "There is no agent or wallet yet that could have a goal: create an agent first.", ignored: [] };
    const drafts = reading.goals.map(
      (g): GoalDraftInput => ({
        ...g,
        nodeId,
        priority: 3,
        // A ceiling ends nothing and collects nothing; "without ever losing more" is meant to hold for what is invested already.
        onAchieved: g.kind === "drawdown" ? {} : { ...reading.after },
        trim: g.kind === "drawdown",
      }),
    );
    return { kind: "goals", drafts, symbols: [...reading.symbols], ignored: [...reading.ignored] };
  }

  async preview(scope: TenantScope, input: In<"goalPreview">): Promise<GoalPreviewView> {
    const p = await this.parts.goals.preview(scope, draftOf(input));
    const nodes = [p.node];
    const view = goalView({ goal: p.goal, state: p.state, measure: p.measure, odds: p.odds, volatility: null, sentence: null }, nodes);
    return {
      title: p.title,
      kindTitle: view.kindTitle,
      node: nodeView(p.node),
      equity: toText(p.equity),
      odds: oddsView(p.odds),
      conflicts: p.conflicts.map(conflictView),
    };
  }

  /** All of them or none: each is looked at before the first is written. */
  async create(scope: TenantScope, input: In<"goalCreate">): Promise<{ goalIds: string[] }> {
    const drafts = input.goals.map(draftOf);
    for (const draft of drafts) await this.parts.goals.preview(scope, draft);
    if (input.onlyMarkets !== null) await this.#limit(scope, drafts[0]?.nodeId ?? "", input.onlyMarkets);
    const goalIds: string[] = [];
    for (const draft of drafts) goalIds.push((await this.parts.goals.create(scope, draft, input.sentence)).goal.id);
    return { goalIds };
  }

  async #limit(scope: TenantScope, nodeId: string, onlyMarkets: readonly string[]): Promise<void> {
    const node = (await this.parts.store.nodes(scope)).find((n) => n.id === nodeId);
    if (!node?.agentId) throw new DomainError("GOAL_INVALID", "Only an agent can be limited to markets.", { field: "onlyMarkets" });
    const missing = onlyMarkets.filter((s) => !node.symbols.includes(s));
    if (missing.length > 0)
      throw new DomainError("GOAL_INVALID", `${node.name} does not trade ${missing.join(", ")}: choose it in the agent's settings first.`, {
        field: "onlyMarkets",
      });
    const { config, configVersion } = await this.parts.agentStore.get(scope, node.agentId);
    await this.parts.agents.update(scope, {
      agentId: node.agentId,
      expectedVersion: configVersion,
      config: { ...config, limits: { ...config.limits, allowedSymbols: [...onlyMarkets] } },
    });
  }

  async edit(scope: TenantScope, { goalId, version, ...change }: In<"goalEdit">): Promise<GoalView> {
    const { target, onAchieved, ...rest } = change;
    const given = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined)) as Partial<GoalDraft>;
    const stored = await this.parts.goals.edit(scope, goalId, version, {
      ...given,
      ...(target !== undefined && { target: fixed(target) }),
      ...(onAchieved !== undefined && { onAchieved: ruleOf(onAchieved) }),
    });
    return this.#view(scope, stored);
  }

  async act(scope: TenantScope, { goalId, action }: In<"goalAct">): Promise<GoalView> {
    return this.#view(scope, await this.parts.goals.act(scope, goalId, action));
  }

  async undoChange(scope: TenantScope, { goalId, changeId }: In<"goalUndo">): Promise<GoalView> {
    return this.#view(scope, await this.parts.goals.undoChange(scope, goalId, changeId));
  }

  async check(scope: TenantScope): Promise<{ goals: number; achieved: number; missed: number }> {
    const { goals, achieved, missed } = await this.parts.keeper.check(scope.workspaceId);
    await this.parts.capital.propose(scope);
    return { goals, achieved, missed };
  }

  async proposal(scope: TenantScope, proposalId: string, what: "apply" | "undo" | "dismiss"): Promise<void> {
    await this.parts.capital[what](scope, proposalId);
  }

  async #view(scope: TenantScope, stored: StoredGoal): Promise<GoalView> {
    const nodes: readonly GoalNode[] = await this.parts.store.nodes(scope);
    return goalView(stored, nodes);
  }
}

const exact = (x: string | null): GoalDraft["target"] | null => (x === null ? null : fixed(x));
const ruleOf = (o: In<"goalPreview">["onAchieved"]): GoalDraft["onAchieved"] => ({
  ...o,
  raisePercent: exact(o.raisePercent),
  collectPercent: exact(o.collectPercent),
});
const draftOf = (input: In<"goalPreview">): GoalDraft => ({ ...input, target: fixed(input.target), onAchieved: ruleOf(input.onAchieved) });
