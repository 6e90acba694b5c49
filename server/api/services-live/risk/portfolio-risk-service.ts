import type { Database } from "@/server/adapters/db/database";
import { riskBooks } from "@/server/adapters/db/queries/risk-books";
import type { ComputeRisk } from "@/server/adapters/process/compute-risk";
import type { Figure, PortfolioRiskView, RiskFigureView, StressRowView } from "@/server/api/contract/risk";
import { INTERVAL_MS, type Interval, type MarketFeed, type MarketFeeds } from "@/server/market";
import {
  type Answered,
  answered,
  type Composed,
  inMoney,
  type PortfolioAssessment,
  type PortfolioQuestion,
  type RiskMethod,
  type StressRow,
  type StressShock,
  stressShock,
} from "@/server/risk";
import { add, type Clocks, DomainError, type Fixed, HOUR_MS, mul, type TenantScope, toNumber, toText, ZERO } from "@/server/shared";
import { barsOf, seriesOf } from "./price-series";

type Input = { readonly agentId?: string | undefined; readonly confidence: number; readonly horizon: "1h" | "4h" | "1d" };
type Parts = { readonly db: Database; readonly feeds: MarketFeeds; readonly clocks: Clocks; readonly compute: ComputeRisk; readonly venue: string };

/** Bars behind the figures, by the step of the returns. */
const BARS: Readonly<Record<Input["horizon"], number>> = { "1h": 720, "4h": 540, "1d": 365 };
/** Hourly bars in which past stretches are looked for; a simulated market has to make them first. */
const PAST_BARS = 5_000;
const PAST_SIMULATED = 720;
const PAST_STEPS = 24;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;
const BENCHMARK = "BTC";
/** Share of a market's volume that is taken without moving it much: the paper venue's own. */
const PARTICIPATION = 0.1;
const SIMULATION = { scenarios: 2_000, seed: 1 } as const;
/** An answer serves everybody who asks the same for so long (wall ms). */
const FRESH_MS = 10_000;
const MOST_KEPT = 200;

/** Risk of what a workspace or an agent holds now, from the prices of its own feed. */
export class PortfolioRiskService {
  readonly #kept = new Map<string, { readonly until: number; readonly view: Promise<PortfolioRiskView> }>();
  constructor(private readonly parts: Parts) {}

  /** Throws NOT_FOUND, RISK_UNAVAILABLE. What cannot be computed is answered with its reason. */
  portfolio(scope: TenantScope, input: Input): Promise<PortfolioRiskView> {
    const key = JSON.stringify([scope.workspaceId, input.agentId ?? null, input.confidence, input.horizon]);
    const now = this.parts.clocks.wall.now();
    const kept = this.#kept.get(key);
    if (kept && kept.until > now) return kept.view;
    for (const [k, { until }] of this.#kept) if (until <= now || this.#kept.size > MOST_KEPT) this.#kept.delete(k);
    const view = this.#compute(scope, input);
    this.#kept.set(key, { until: now + FRESH_MS, view });
    view.catch(() => this.#kept.delete(key));
    return view;
  }

  /** To be called when what is held has not changed but the question has: a scenario was added or removed. */
  forget(scope: TenantScope): void {
    for (const key of this.#kept.keys()) if (key.includes(scope.workspaceId)) this.#kept.delete(key);
  }

  async #compute(scope: TenantScope, input: Input): Promise<PortfolioRiskView> {
    const { db, feeds, clocks, compute, venue } = this.parts;
    const at = clocks.market.now();
    const feed = await feeds.of(scope.workspaceId);
    const books = await riskBooks(db, scope, input.agentId ?? null);
    const rows = await db.prisma.stressScenario.findMany({ where: { workspaceId: scope.workspaceId }, orderBy: { createdAt: "asc" } });
    const shocks = [...standardShocks(books.held.length > 0 ? venue : null), ...rows.flatMap(storedShock)];
    const held = await Promise.all(
      books.held.map(async ({ symbol, quantity }) => {
        const price = (await feed.price({ symbol, at }).catch(() => null))?.price ?? null;
        return { symbol, quantity, price, value: price === null ? null : mul(quantity, price, "half-even") };
      }),
    );
    const gross = held.reduce<Fixed>((sum, h) => add(sum, h.value ?? ZERO), ZERO);
    const equity = add(books.cash, gross);
    const view = {
      at,
      market: feed.source,
      currency: books.currency,
      venue,
      equity: toText(equity),
      cash: toText(books.cash),
      gross: toText(gross),
      held: held.map((h) => ({ symbol: h.symbol, quantity: toText(h.quantity), value: h.value === null ? null : toText(h.value) })),
      confidence: input.confidence,
      horizon: input.horizon,
      monteCarlo: SIMULATION,
      benchmark: `${BENCHMARK}/${books.currency}`,
    };
    const unpriced = held.find((h) => h.value === null);
    const markets = unpriced
      ? { ok: false as const, code: "PRICE_MISSING", message: `There is no price of ${unpriced.symbol}, which is held.`, field: unpriced.symbol }
      : await readMarkets(
          feed,
          held.map((h) => h.symbol),
          view.benchmark,
          input.horizon,
          at,
        );
    if (!markets.ok) return { ...view, ...refusedBy(markets, shocks) };
    const { series, benchmark, past, volumes } = markets.value;
    const question: PortfolioQuestion = {
      held: held.map((h) => ({
        symbol: h.symbol,
        quantity: toNumber(h.quantity),
        value: toNumber(h.value ?? ZERO),
        venue,
        dailyVolume: volumes.get(h.symbol) ?? null,
      })),
      cash: toNumber(books.cash),
      currency: books.currency,
      venue,
      series,
      stepMs: INTERVAL_MS[input.horizon],
      benchmark,
      past: { series: past, stepMs: HOUR_MS, steps: PAST_STEPS, real: feed.source.kind !== "simulated" },
      confidence: input.confidence,
      ...SIMULATION,
      participation: PARTICIPATION,
      shocks,
    };
    return { ...view, ...viewOf(await compute(question), equity, shocks) };
  }
}

type Markets = {
  readonly series: PortfolioQuestion["series"];
  readonly benchmark: PortfolioQuestion["benchmark"];
  readonly past: PortfolioQuestion["series"];
  readonly volumes: ReadonlyMap<string, number>;
};

/** All prices the question needs; a market that does not answer is a refusal that names it. */
async function readMarkets(
  feed: MarketFeed,
  symbols: readonly string[],
  benchmark: string,
  interval: Interval,
  at: number,
): Promise<Answered<Markets>> {
  const reading = async (symbol: string, step: Interval, limit: number) => {
    try {
      return await barsOf(feed, symbol, step, at, limit);
    } catch (error) {
      const why = error instanceof DomainError ? error.message : "its market does not answer";
      throw new DomainError("PRICES_MISSING", `${symbol}: ${why}`, { field: symbol });
    }
  };
  try {
    const [series, past]: [PortfolioQuestion["series"][number][], PortfolioQuestion["series"][number][]] = [[], []];
    const volumes = new Map<string, number>();
    for (const symbol of symbols) {
      const simulated = (feed.sourceOf?.(symbol) ?? feed.source).kind === "simulated";
      series.push(seriesOf(symbol, await reading(symbol, interval, BARS[interval as Input["horizon"]]), INTERVAL_MS[interval]));
      const hours = await reading(symbol, "1h", simulated ? PAST_SIMULATED : PAST_BARS);
      past.push(seriesOf(symbol, hours, HOUR_MS));
      const week = hours.slice(-WEEK_HOURS);
      if (week.length >= DAY_HOURS) volumes.set(symbol, (week.reduce((sum, b) => sum + toNumber(b.volume), 0) / week.length) * DAY_HOURS);
    }
    const known = feed.symbols().some((s) => s.symbol === benchmark);
    const bars = symbols.length === 0 || !known ? [] : await reading(benchmark, interval, BARS[interval as Input["horizon"]]).catch(() => []);
    return { ok: true, value: { series, past, volumes, benchmark: seriesOf(benchmark, bars, INTERVAL_MS[interval]) } };
  } catch (error) {
    return answered<Markets>(() => {
      throw error;
    });
  }
}

type Shock = PortfolioQuestion["shocks"][number];

/** What everybody is asked at least. */
const standardShocks = (venue: string | null): readonly Shock[] => [
  { id: "std:fall", name: "Everything falls by 20 %", shock: { kind: "price", change: -0.2 } },
  {
    id: "std:one",
    name: "Everything moves as one, at double volatility",
    shock: { kind: "correlation-to-one", factor: 2, confidence: 0.99, steps: 1 },
  },
  ...(venue
    ? [
        {
          id: "std:venue",
          name: "The venue is down, half comes back",
          shock: { kind: "venue-down", venue, change: 0, recovery: 0.5 },
        } satisfies Shock,
      ]
    : []),
];

/** A stored scenario that today's schema does not read any more is left out: its row stays. */
function storedShock(row: { id: string; name: string; shock: unknown }): readonly Shock[] {
  const read = stressShock.safeParse(row.shock);
  return read.success ? [{ id: row.id, name: row.name, shock: read.data as StressShock }] : [];
}

const figure = <T, U>(from: Answered<T>, to: (value: T) => U): Figure<U> =>
  from.ok ? { ok: true, value: to(from.value) } : { ok: false, code: from.code, message: sentence(from.message) };
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

function viewOf(a: PortfolioAssessment, equity: Fixed, shocks: readonly Shock[]) {
  const money = (c: Composed): RiskFigureView => {
    const paid = inMoney(
      c.total,
      c.parts.map((p) => p.component),
      equity,
      2,
    );
    return { share: c.total, money: toText(paid.total), parts: c.parts.map((p, i) => ({ ...p, money: toText(paid.parts[i] ?? ZERO) })) };
  };
  const method = (name: RiskMethod) =>
    figure(a.methods[name], (r) => ({
      valueAtRisk: money(r.valueAtRisk),
      expectedShortfall: money(r.expectedShortfall),
      scenarios: r.scenarios,
      reliable: r.reliable,
    }));
  return {
    returns: figure(a.returns, (n) => n),
    methods: { historical: method("historical"), gaussian: method("gaussian"), modified: method("modified"), "monte-carlo": method("monte-carlo") },
    correlation: figure(a.correlation, (c) => ({ symbols: [...c.symbols], values: c.values.map((row) => [...row]) })),
    beta: figure(a.beta, (b) => b),
    drawdown: figure(a.drawdown, ({ max, current }) => ({ max, current })),
    liquidity: figure(a.liquidity, (l) => ({ days: l.days, positions: [...l.positions], participation: PARTICIPATION })),
    backtest: figure(a.backtest, ({ coverage, independence, conditionalCoverage, ...b }) => ({
      ...b,
      coverage: likelihood(coverage),
      independence: independence && likelihood(independence),
      conditionalCoverage: conditionalCoverage && likelihood(conditionalCoverage),
    })),
    stress: a.stress.map((row, i) => ({ ...figure(row, (r) => stressRow(r, equity)), id: shocks[i]?.id ?? null, name: shocks[i]?.name ?? null })),
  } satisfies Partial<PortfolioRiskView>;
}

const likelihood = ({ statistic, pValue }: { readonly statistic: number; readonly pValue: number }) => ({ statistic, pValue });

function stressRow(row: StressRow, equity: Fixed): StressRowView {
  const worth = toNumber(equity);
  const paid = inMoney(
    row.total / (worth || 1),
    row.positions.map((p) => p.pnl / (worth || 1)),
    equity,
    2,
  );
  return {
    id: row.id,
    kind: row.kind,
    name: row.scenario.replace(/^worst (\d+) steps/, "Worst $1 hours"),
    from: row.from,
    to: row.to,
    total: toText(paid.total),
    share: worth > 0 ? row.total / worth : null,
    positions: row.positions.map((p, i) => ({ symbol: p.symbol, pnl: toText(paid.parts[i] ?? ZERO) })),
  };
}

/** One reason for everything: a price that is missing. */
function refusedBy({ code, message }: { readonly code: string; readonly message: string }, shocks: readonly Shock[]) {
  const no = { ok: false as const, code, message: sentence(message) };
  return {
    ...{ returns: no, correlation: no, beta: no, drawdown: no, liquidity: no, backtest: no },
    methods: { historical: no, gaussian: no, modified: no, "monte-carlo": no },
    stress: shocks.map(({ id, name }) => ({ ...no, id, name })),
  } satisfies Partial<PortfolioRiskView>;
}
