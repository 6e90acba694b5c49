import { add, type Fixed, ZERO } from "@/server/shared";
import { BREAKERS, type BreakerKind, type BreakerSettings, WORKSPACE_BREAKERS } from "./breakers";
import { drawdownFigure, failureFigure, worstFigure } from "./figures";
import type { MarketReadings } from "./measure-markets";
import type { MarkedState, WatchedAgent, WatchedWorkspace } from "./ports";
import { ARMED, type BreakerFigure, type BreakerInputs } from "./types";
import type { WatchedBooks } from "./watched-books";

/** An agent with what holds for it and its books at the last prices. */
export type LookedAgent = { readonly agent: WatchedAgent; readonly settings: BreakerSettings; readonly books: WatchedBooks };
/** A workspace as one check sees it. */
export type Looked = {
  readonly workspace: WatchedWorkspace;
  readonly markets: MarketReadings;
  readonly settings: BreakerSettings;
  readonly agents: readonly LookedAgent[];
};
export const NO_CALLS = { failed: 0, all: 0 };

/** All agents of a workspace together; what those that are done have made stays in it. */
export function wholeOf({ workspace, agents }: Looked): WatchedBooks {
  const sum = (of: (b: WatchedBooks) => Fixed) => agents.reduce<Fixed>((s, a) => add(s, of(a.books)), ZERO);
  const unrealised = sum((b) => b.unrealised);
  return {
    equity: sum((b) => b.equity),
    unrealised,
    profit: add(workspace.realised, unrealised),
    missing: agents.find((a) => a.books.missing !== null)?.books.missing ?? null,
  };
}

/** What a breaker has done; one without a row has done nothing. */
export const markOf = ({ marks }: WatchedWorkspace, subjectId: string, kind: BreakerKind): MarkedState =>
  marks.find((m) => m.subjectId === subjectId && m.kind === kind) ?? { subjectId, kind, version: 0, ...ARMED };

function stateOf(workspace: WatchedWorkspace, subjectId: string, kind: BreakerKind) {
  const { step, actedAt, resetAt } = markOf(workspace, subjectId, kind);
  return { step, actedAt, resetAt };
}

const drawdown = (books: WatchedBooks, high: Fixed | undefined): BreakerFigure =>
  books.missing === null
    ? drawdownFigure({ equity: books.equity, profit: books.profit, high: high ?? null })
    : { value: null, note: `there is no price of ${books.missing}, which is held`, symbol: books.missing };

/** What the workspace's own breakers know. */
export function workspaceInputs(
  { workspace, settings, agents }: Looked,
  books: WatchedBooks,
  highs: ReadonlyMap<string, Fixed>,
  at: number,
): BreakerInputs {
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

/** What an agent's breakers know: of several markets the worst figure. */
export async function agentInputs(
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
