import type { MarketFeed, MarketFeeds } from "@/server/market";
import { add, type Clocks, DomainError, type Fixed, hashId, type TenantScope, ZERO } from "@/server/shared";
import { figureText } from "./breaker-words";
import { BREAKERS, type BreakerKind, type BreakerSettings, WORKSPACE_BREAKERS } from "./breakers";
import { evaluateBreakers } from "./evaluate-breakers";
import { drawdownFigure, failureFigure, worstFigure } from "./figures";
import { MarketReadings } from "./measure-markets";
import { breakersOf, parseStoredBreakers } from "./parse-breaker-settings";
import type { AlertDraft, MarkedState, Mitigation, MonitorStore, PlannedMitigation, VenuePrices, WatchedAgent, WatchedWorkspace } from "./ports";
import { ARMED, type BreakerAnswer, type BreakerFigure, type BreakerInputs } from "./types";
import { type WatchedBooks, watchedBooks } from "./watched-books";

/** A decision that nobody has carried out for this long (wall ms) belonged to a process that died. */
const ABANDONED_AFTER_MS = 30_000;

export type MonitorPorts = {
  readonly store: MonitorStore;
  readonly mitigation: Mitigation;
  readonly feeds: MarketFeeds;
  readonly venues: VenuePrices;
  readonly clocks: Clocks;
  readonly build: string;
  readonly scopeOf: (workspaceId: string) => TenantScope;
  /** Told of each decision, once by whoever took it. */
  readonly onDecision?: (decision: { readonly kind: BreakerKind; readonly step: string }) => void;
};

/** One subject with everything its breakers knew and answer. */
export type CheckedSubject = {
  readonly workspaceId: string;
  readonly agent: WatchedAgent | null;
  readonly inputs: BreakerInputs;
  readonly answers: readonly BreakerAnswer[];
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
    for (const left of await store.planned(clocks.wall.now() - ABANDONED_AFTER_MS, 50)) await trying(() => this.#carryOut(left), undefined);
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
        for (const agent of workspace.agents)
          agents.push({ agent, settings: breakersOf(settings, agent.agentId), books: await watchedBooks(agent, markets) });
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
    for (const l of looked) {
      const whole = wholeOf(l);
      const inputs = [workspaceInputs(l, whole, highs, at)];
      for (const a of l.agents) inputs.push(await agentInputs(l, a, highs, calls.get(a.agent.agentId) ?? NO_CALLS, at));
      inputs.forEach((i, n) => {
        const books = n === 0 ? whole : (l.agents[n - 1] as LookedAgent).books;
        const high = highs.get(i.subject.id);
        if (books.missing === null && (high === undefined || books.profit > high))
          rising.push({ workspaceId: l.workspace.workspaceId, subjectId: i.subject.id, profit: books.profit });
        subjects.push({
          workspaceId: l.workspace.workspaceId,
          agent: n === 0 ? null : (l.agents[n - 1] as LookedAgent).agent,
          inputs: i,
          answers: evaluateBreakers(i),
        });
      });
    }
    if (keep && rising.length > 0) await store.saveHighs(rising, at);
    return { subjects, workspaces };
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
    const over = alerts.filter((a) => !due.some((d) => d.key === a.key));
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

type LookedAgent = { readonly agent: WatchedAgent; readonly settings: BreakerSettings; readonly books: WatchedBooks };
type Looked = {
  readonly workspace: WatchedWorkspace;
  readonly markets: MarketReadings;
  readonly settings: BreakerSettings;
  readonly agents: readonly LookedAgent[];
};
const NO_CALLS = { failed: 0, all: 0 };
const isOver = (a: BreakerAnswer): boolean => a.ratio !== null && !a.ratio.startsWith("0");

const since = (subjectId: string, settings: BreakerSettings, at: number) => ({ subjectId, since: at - settings.drawdown.windowMs });

/** All agents of a workspace together; what those that are done have made stays in it. */
function wholeOf({ workspace, agents }: Looked): WatchedBooks {
  const sum = (of: (b: WatchedBooks) => Fixed) => agents.reduce<Fixed>((s, a) => add(s, of(a.books)), ZERO);
  const unrealised = sum((b) => b.unrealised);
  return {
    equity: sum((b) => b.equity),
    unrealised,
    profit: add(workspace.realised, unrealised),
    missing: agents.find((a) => a.books.missing !== null)?.books.missing ?? null,
  };
}

const markOf = ({ marks }: WatchedWorkspace, subjectId: string, kind: BreakerKind): MarkedState =>
  marks.find((m) => m.subjectId === subjectId && m.kind === kind) ?? { subjectId, kind, version: 0, ...ARMED };

function stateOf(workspace: WatchedWorkspace, subjectId: string, kind: BreakerKind) {
  const { step, actedAt, resetAt } = markOf(workspace, subjectId, kind);
  return { step, actedAt, resetAt };
}

const drawdown = (books: WatchedBooks, high: Fixed | undefined): BreakerFigure =>
  books.missing === null
    ? drawdownFigure({ equity: books.equity, profit: books.profit, high: high ?? null })
    : { value: null, note: `there is no price of ${books.missing}, which is held`, symbol: books.missing };

function workspaceInputs({ workspace, settings, agents }: Looked, books: WatchedBooks, highs: ReadonlyMap<string, Fixed>, at: number): BreakerInputs {
  const id = workspace.workspaceId;
  return {
    version: 1,
    at,
    subject: { kind: "workspace", id },
    tradingState: workspace.tradingState,
    holds: agents.some((a) => a.agent.positions.some((p) => p.quantity > 0n)),
    readings: WORKSPACE_BREAKERS.map((kind) => ({
      kind,
      setting: settings[kind],
      figure: drawdown(books, highs.get(id)),
      state: stateOf(workspace, id, kind),
    })),
  };
}

async function agentInputs(
  { workspace, markets }: Looked,
  { agent, settings, books }: LookedAgent,
  highs: ReadonlyMap<string, Fixed>,
  calls: { failed: number; all: number },
  at: number,
): Promise<BreakerInputs> {
  const id = agent.agentId;
  const symbols = [...new Set([...agent.symbols, ...agent.positions.filter((p) => p.quantity > 0n).map((p) => p.symbol)])];
  const worst = async (figure: (symbol: string) => Promise<BreakerFigure>): Promise<BreakerFigure> =>
    worstFigure(await Promise.all(symbols.map(figure))) ?? { value: null, note: "it trades no symbol", symbol: null };
  const readings = [];
  for (const kind of BREAKERS) {
    const setting = settings[kind];
    if (kind === "model-failures" && !agent.usesModel) continue;
    const figure = !setting.enabled
      ? { value: null, note: "switched off", symbol: null }
      : kind === "drawdown"
        ? drawdown(books, highs.get(id))
        : kind === "model-failures"
          ? failureFigure(calls)
          : kind === "volatility"
            ? await worst((s) => markets.volatility(s, setting.windowMs))
            : kind === "stale-data"
              ? await worst((s) => markets.stale(s, setting.windowMs))
              : await worst((s) => markets.divergence(s, setting.windowMs));
    readings.push({ kind, setting, figure, state: stateOf(workspace, id, kind) });
  }
  const holds = agent.positions.some((p) => p.quantity > 0n);
  return { version: 1, at, subject: { kind: "agent", id }, tradingState: agent.tradingState, holds, readings };
}

const TITLES: Readonly<Record<BreakerKind, string>> = {
  drawdown: "Drawdown",
  volatility: "Volatility",
  "venue-divergence": "Venues disagree",
  "stale-data": "Stale prices",
  "model-failures": "The model fails",
};

function alertOf(subject: CheckedSubject, answer: BreakerAnswer): AlertDraft {
  const reading = subject.inputs.readings.find((r) => r.kind === answer.kind);
  const done = answer.next.step;
  return {
    key: `${subject.inputs.subject.id}:${answer.kind}`,
    agentId: subject.agent?.agentId ?? null,
    kind: answer.kind,
    severity: done === "halt" || done === "flatten" ? "critical" : "warning",
    title: `${TITLES[answer.kind]}: ${subject.agent?.name ?? "the workspace"}`,
    text: `${answer.reason}.`,
    figures: {
      ...(reading?.figure.value == null ? {} : { value: figureText(answer.kind, reading.figure.value) }),
      ...(reading ? { threshold: figureText(answer.kind, reading.setting.threshold) } : {}),
      step: done ?? "none",
    },
  };
}
