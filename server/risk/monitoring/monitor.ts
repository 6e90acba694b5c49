import type { MarketFeed, MarketFeeds } from "@/server/market";
import { type Clocks, DomainError, type Fixed, hashId, type TenantScope } from "@/server/shared";
import { alertOf } from "./alert-of";
import { agentInputs, type Looked, markOf, NO_CALLS, wholeOf, workspaceInputs } from "./breaker-inputs";
import type { BreakerKind, BreakerSettings } from "./breakers";
import { evaluateBreakers } from "./evaluate-breakers";
import { MarketReadings } from "./measure-markets";
import { breakersOf, parseStoredBreakers } from "./parse-breaker-settings";
import type { CheckedSubject, Mitigation, MonitorStore, PlannedMitigation, VenuePrices, WatchedAgent, WatchedWorkspace } from "./ports";
import type { BreakerAnswer, BreakerInputs } from "./types";
import { type WatchedBooks, watchedBooks } from "./watched-books";

/** A decision that nobody has carried out for this long (wall ms) belonged to a process that died. */
const ABANDONED_AFTER_MS = 30_000;
/** Agents between two breaths: a few milliseconds. */
const BREATH = 25;

export type MonitorPorts = {
  readonly store: MonitorStore;
  readonly mitigation: Mitigation;
  readonly feeds: MarketFeeds;
  readonly venues: VenuePrices;
  readonly clocks: Clocks;
  readonly build: string;
  readonly scopeOf: (workspaceId: string) => TenantScope;
  /** Lets others go on between agents; without it a check of many runs through. */
  readonly breathe?: () => Promise<void>;
  /** Told of each decision, once by whoever took it. */
  readonly onDecision?: (decision: { readonly kind: BreakerKind; readonly step: string }) => void;
};

export type CheckSummary = {
  readonly workspaces: number;
  readonly agents: number;
  readonly acted: number;
  readonly raised: number;
  readonly resolved: number;
};

/** Watches every workspace with running agents or open positions. Nothing of it needs a model or a scheduler: whoever calls it checks. */
export class Monitor {
  constructor(private readonly ports: MonitorPorts) {}

  /** Checks all workspaces, or one; acts, tells people, and takes up what a process that died had decided. What fails keeps nothing else from it. */
  async check(workspaceId: string | null = null): Promise<CheckSummary> {
    const { store, clocks } = this.ports;
    const failures: unknown[] = [];
    const trying = async <T>(run: () => Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await run();
      } catch (error) {
        failures.push(error);
        return otherwise;
      }
    };
    for (const left of await store.planned(workspaceId, clocks.wall.now() - ABANDONED_AFTER_MS, 50))
      await trying(() => this.#carryOut(left), undefined);
    const { subjects, workspaces } = await this.#look(workspaceId, (error) => failures.push(error));
    let [acted, raised, resolved] = [0, 0, 0];
    for (const workspace of workspaces) {
      const own = subjects.filter((s) => s.workspaceId === workspace.workspaceId);
      for (const subject of own) acted += await trying(() => this.#act(workspace, subject), 0);
      const told = await trying(() => this.#tell(workspace, own), { raised: 0, resolved: 0 });
      raised += told.raised;
      resolved += told.resolved;
    }
    if (failures.length > 0) throw failures[0];
    return { workspaces: workspaces.length, agents: subjects.filter((s) => s.agent).length, acted, raised, resolved };
  }

  /** What the breakers of one workspace say now; nothing is written. */
  async read(workspaceId: string): Promise<readonly CheckedSubject[]> {
    const refused: unknown[] = [];
    const { subjects } = await this.#look(workspaceId, (error) => refused.push(error), false);
    if (refused.length > 0) throw refused[0];
    return subjects;
  }

  async #look(workspaceId: string | null, failed: (error: unknown) => void, keep = true) {
    const { store, feeds, venues, clocks } = this.ports;
    const at = clocks.market.now();
    const workspaces = await store.watched(workspaceId);
    const looked: Looked[] = [];
    const readings = new Map<MarketFeed, MarketReadings>();
    for (const workspace of workspaces) {
      try {
        const settings = parseStoredBreakers(workspace.settings);
        const feed = await feeds.of(workspace.workspaceId);
        const markets = readings.get(feed) ?? new MarketReadings(workspace.workspaceId, feed, venues, at);
        readings.set(feed, markets);
        const agents = [];
        for (const agent of workspace.agents) {
          agents.push({ agent, settings: breakersOf(settings, agent.agentId), books: await watchedBooks(agent, markets) });
          if (agents.length % BREATH === 0) await this.ports.breathe?.();
        }
        looked.push({ workspace, markets, settings: breakersOf(settings, null), agents });
      } catch (error) {
        failed(error);
      }
    }
    const highs = await store.highs(
      looked.flatMap((l) => [since(l.workspace.workspaceId, l.settings, at), ...l.agents.map((a) => since(a.agent.agentId, a.settings, at))]),
    );
    const asked = looked.flatMap((l) => l.agents.filter((a) => a.agent.usesModel && a.settings["model-failures"].enabled));
    const calls =
      asked.length === 0
        ? new Map<string, typeof NO_CALLS>()
        : await store.modelCalls(asked.map((a) => ({ subjectId: a.agent.agentId, since: at - a.settings["model-failures"].windowMs })));
    const subjects: CheckedSubject[] = [];
    const rising: { workspaceId: string; subjectId: string; profit: Fixed }[] = [];
    const judge = (l: Looked, agent: WatchedAgent | null, books: WatchedBooks, inputs: BreakerInputs): void => {
      const { workspaceId } = l.workspace;
      const { id } = inputs.subject;
      const high = highs.get(id);
      if (books.missing === null && (high === undefined || books.profit > high)) rising.push({ workspaceId, subjectId: id, profit: books.profit });
      subjects.push({ workspaceId, agent, inputs, answers: evaluateBreakers(inputs) });
    };
    for (const l of looked) {
      const whole = wholeOf(l);
      judge(l, null, whole, workspaceInputs(l, whole, highs, at));
      for (const a of l.agents) {
        judge(l, a.agent, a.books, await agentInputs(l, a, highs, calls.get(a.agent.agentId) ?? NO_CALLS, at));
        if (subjects.length % BREATH === 0) await this.ports.breathe?.();
      }
    }
    if (keep && rising.length > 0) await store.saveHighs(rising, at);
    // Of one that could not be looked at nothing is known: neither done nor over.
    return { subjects, workspaces: looked.map((l) => l.workspace) };
  }

  /** Decides and carries out, breaker by breaker; how many acted. */
  async #act(workspace: WatchedWorkspace, subject: CheckedSubject): Promise<number> {
    const { store, build, clocks, onDecision } = this.ports;
    // Its trading state is about to change: what it is now says nothing yet.
    if (workspace.pending.includes(subject.inputs.subject.id)) return 0;
    let acted = 0;
    for (const [n, answer] of subject.answers.entries()) {
      const reading = subject.inputs.readings[n];
      if (!reading) continue;
      const mark = markOf(workspace, subject.inputs.subject.id, answer.kind);
      const step = answer.steps.at(-1);
      if (step === undefined) {
        if (answer.next.resetAt !== reading.state.resetAt) await store.rearm(workspace.workspaceId, mark, answer.next);
        continue;
      }
      const inputs = { ...subject.inputs, readings: [reading] };
      const key = [reading.state.resetAt, reading.state.actedAt].map(String).join("/");
      const draft = {
        id: hashId("breaker", workspace.workspaceId, subject.inputs.subject.id, answer.kind, key, step),
        workspaceId: workspace.workspaceId,
        agentId: subject.agent?.agentId ?? null,
        kind: answer.kind,
        steps: answer.steps,
        reason: answer.reason,
        inputs,
        answers: evaluateBreakers(inputs),
        build,
        at: subject.inputs.at,
        decidedAt: clocks.wall.now(),
      };
      if (!(await store.decide(draft, mark, answer.next))) continue;
      onDecision?.({ kind: answer.kind, step });
      acted += 1;
      await this.#carryOut(draft);
    }
    return acted;
  }

  async #carryOut(planned: PlannedMitigation): Promise<void> {
    const { store, mitigation, scopeOf, clocks } = this.ports;
    const { id, workspaceId, agentId, steps, kind } = planned;
    // A person may have let trading go on since it was listed.
    if (!(await store.isPlanned(id))) return;
    const reason = `Breaker ${kind}: ${planned.reason}`;
    try {
      await mitigation.mitigate(scopeOf(workspaceId), { agentId, steps, reason, key: id });
    } catch (error) {
      // It stays planned: the next check tries again, under the same key.
      await store.finish(id, error instanceof Error ? error.message : String(error), clocks.wall.now());
      // Somebody else is flattening this agent right now: nothing has failed.
      if (error instanceof DomainError && (error.code === "LEASE_LOST" || error.code === "AGENT_BUSY")) return;
      throw error;
    }
    await store.finish(id, null, clocks.wall.now());
  }

  async #tell(workspace: WatchedWorkspace, subjects: readonly CheckedSubject[]): Promise<{ raised: number; resolved: number }> {
    const { store, clocks } = this.ports;
    const { workspaceId, alerts } = workspace;
    const due = subjects.flatMap((s) =>
      s.answers.filter((a) => a.status === "breached" || (a.status === "cooling" && isOver(a))).map((a) => alertOf(s, a)),
    );
    const known = new Set(alerts.map((a) => a.key));
    const fresh = due.filter((d) => !known.has(d.key));
    // What is not known now is neither done nor over.
    const unknown = new Set(subjects.flatMap((s) => s.answers.filter((a) => a.status === "unknown").map((a) => alertOf(s, a).key)));
    const over = alerts.filter((a) => !unknown.has(a.key) && !due.some((d) => d.key === a.key));
    const when = { at: clocks.market.now(), wallNow: clocks.wall.now() };
    return {
      raised: fresh.length === 0 ? 0 : await store.raise(workspaceId, fresh, when),
      resolved:
        over.length === 0
          ? 0
          : await store.resolve(
              workspaceId,
              over.map((a) => a.alertId),
              when.wallNow,
            ),
    };
  }
}

const isOver = (a: BreakerAnswer): boolean => a.ratio !== null && !a.ratio.startsWith("0");

const since = (subjectId: string, settings: BreakerSettings, at: number) => ({ subjectId, since: at - settings.drawdown.windowMs });
