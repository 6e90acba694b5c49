import type { z } from "zod";
import type { StoredBacktest } from "@/server/adapters/db/backtest-row";
import type { Database } from "@/server/adapters/db/database";
import { PrismaBacktestStore } from "@/server/adapters/db/prisma-backtest-store";
import { limitsNow } from "@/server/adapters/db/queries/limits-above";
import { RULE_CATALOG } from "@/server/agents";
import {
  type BacktestSpec,
  bindingAbove,
  DEFAULT_COSTS,
  type JobResult,
  type JobSpec,
  type LimitsAboveSpec,
  PATH_DEPENDENT,
  planJob,
  type SweepOverfitting,
  symbolSetOf,
} from "@/server/backtest";
import { INTERVAL_MS, INTERVALS, type MarketFeed, unknownSymbol } from "@/server/market";
import { type Clocks, DomainError, notFound, type TenantScope } from "@/server/shared";
import { splitSymbol } from "@/server/trading";
import type { BacktestExport, BacktestOptions, BacktestRow, BacktestsView, BacktestView, backtestInputs } from "../contract/backtests";
import type { BacktestService } from "../services";
import { exportBacktest } from "./export-backtest";

type Create = z.output<typeof backtestInputs.backtestCreate>;

/** Backtests of a workspace: asked for, watched, stopped, shown and exported. */
export class LiveBacktestService implements BacktestService {
  readonly #store: PrismaBacktestStore;

  constructor(
    private readonly parts: {
      readonly db: Database;
      readonly clocks: Clocks;
      readonly feedOf: (workspaceId: string) => Promise<MarketFeed>;
      readonly runner: { poke(): void; stop(id: string): Promise<void> };
    },
  ) {
    this.#store = new PrismaBacktestStore(parts.db);
  }

  async options(scope: TenantScope): Promise<BacktestOptions> {
    const [feed, limits] = await Promise.all([this.parts.feedOf(scope.workspaceId), limitsNow(this.parts.db, scope)]);
    return {
      symbols: feed.symbols().map((info) => {
        const source = feed.sourceOf?.(info.symbol) ?? feed.source;
        return {
          symbol: info.symbol,
          quote: splitSymbol(info.symbol).quote,
          intervals: INTERVALS.filter((i) => INTERVAL_MS[i] >= INTERVAL_MS[info.baseInterval]),
          firstTime: info.firstTime,
          endTime: info.endTime,
          source: source.label,
          sourceKind: source.kind,
        };
      }),
      now: this.parts.clocks.market.now(),
      ruleSets: RULE_CATALOG,
      costs: DEFAULT_COSTS,
      pathDependent: { ...PATH_DEPENDENT },
      limits: { ...limits, farms: limits.farms.map(({ farmId, chain }) => ({ farmId, chain })) },
    };
  }

  /** Checks all that can be known before the bars are read. Throws what planJob throws (a job that is too large, too), UNKNOWN_SYMBOL, INTERVAL_TOO_FINE, INVALID_PERIOD, SYMBOL_MISSES_PERIOD, LIMITS_IN_ANOTHER_CURRENCY, NOT_FOUND (the farm), TOO_MANY_BACKTESTS. */
  async create(scope: TenantScope, input: Create): Promise<{ backtestId: string }> {
    const limitsAbove = await this.#limitsAbove(scope, input);
    const job = jobOf(input, limitsAbove);
    const { base, symbols, trials } = planJob(job);
    const feed = await this.parts.feedOf(scope.workspaceId);
    const now = this.parts.clocks.market.now();
    if (base.to > now)
      throw new DomainError("INVALID_PERIOD", `the market has come to ${new Date(now).toISOString().slice(0, 16)}Z: what comes after is not known`, {
        field: "spec.to",
      });
    for (const symbol of symbols) {
      const info = feed.symbols().find((s) => s.symbol === symbol);
      if (!info)
        throw unknownSymbol(
          symbol,
          feed.symbols().map((s) => s.symbol),
          "spec.agents",
        );
      if (INTERVAL_MS[base.interval] < INTERVAL_MS[info.baseInterval])
        throw new DomainError("INTERVAL_TOO_FINE", `${symbol} has bars of ${info.baseInterval}; ${base.interval} is finer`, {
          field: "spec.interval",
        });
      if (info.firstTime !== null && info.firstTime > base.from) {
        throw new DomainError("SYMBOL_MISSES_PERIOD", `${symbol} has bars only from ${new Date(info.firstTime).toISOString().slice(0, 16)}Z on`, {
          field: "spec.from",
          data: { symbol, firstTime: info.firstTime },
        });
      }
    }
    const backtestId = await this.#store.insert(scope, { name: input.name, job, trials }, this.parts.clocks.wall.now());
    this.parts.runner.poke();
    return { backtestId };
  }

  async list(scope: TenantScope, query: { readonly cursor?: string | undefined; readonly limit: number }): Promise<BacktestsView> {
    const { cursor, limit } = query;
    const found = await this.#store.list(scope, { limit: limit + 1, ...(cursor ? { cursor } : {}) });
    const counts = await this.#counts(scope);
    const rows = found.slice(0, limit).map((b) => rowOf(b, counts));
    return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.backtestId ?? null) : null };
  }

  async get(scope: TenantScope, id: string): Promise<BacktestView> {
    const found = await this.#store.get(scope, id);
    const result = found.status === "done" ? ((await this.#store.part(scope, id, "view")) as JobResult | null) : null;
    const overfitting = result?.kind === "sweep" ? ((await this.#store.part(scope, id, "overfitting")) as SweepOverfitting | null) : null;
    return { row: rowOf(found, await this.#counts(scope)), job: found.job, resultHash: found.resultHash, result, overfitting };
  }

  async export(scope: TenantScope, id: string, format: z.output<typeof backtestInputs.backtestExport>["format"]): Promise<BacktestExport> {
    const found = await this.#store.get(scope, id);
    const result = await this.#store.part(scope, id, "result");
    if (found.status !== "done" || result === null) throw notFound("The result of this backtest");
    const { symbols, family } = familyOf(found.job);
    const trials = await this.#store.trials(scope, { symbols, family });
    return exportBacktest({ kind: found.job.kind, result } as unknown as JobResult, { id, name: found.name, job: found.job, trials }, format);
  }

  async cancel(scope: TenantScope, id: string): Promise<void> {
    await this.#store.cancel(scope, id, this.parts.clocks.wall.now());
    await this.parts.runner.stop(id);
  }

  async resume(scope: TenantScope, id: string): Promise<void> {
    await this.#store.resume(scope, id);
    this.parts.runner.poke();
  }

  remove(scope: TenantScope, id: string): Promise<void> {
    return this.#store.remove(scope, id);
  }

  /** What stands above the agents now: kept with the backtest, so that nothing that is changed later changes it. */
  async #limitsAbove(scope: TenantScope, { limitsAbove, spec }: Create): Promise<LimitsAboveSpec | undefined> {
    if (limitsAbove === null) return undefined;
    const { currency, workspace, farms } = await limitsNow(this.parts.db, scope);
    const farm = farms.find((f) => f.farmId === limitsAbove.farmId);
    if (limitsAbove.farmId !== null && !farm) throw notFound("This farm");
    const found: LimitsAboveSpec = { workspace, farms: farm?.chain ?? [] };
    const quote = quoteOf(spec.agents[0]?.symbols[0]);
    if (bindingAbove(found) && quote !== null && [currency, farm?.currency ?? currency].some((c) => c !== quote))
      throw new DomainError(
        "LIMITS_IN_ANOTHER_CURRENCY",
        `the limits above the agents are in ${farm?.currency ?? currency}, this backtest is in ${quote}: run it without them`,
        { field: "limitsAbove" },
      );
    return found;
  }

  async #counts(scope: TenantScope): Promise<ReadonlyMap<string, number>> {
    const counts = await this.#store.trialCounts(scope);
    return new Map(counts.map((c) => [`${c.family} ${c.symbolSet}`, c.count]));
  }
}

function jobOf(input: Create, limitsAbove: LimitsAboveSpec | undefined): JobSpec {
  const spec: BacktestSpec = { version: 1, ...input.spec, ...(limitsAbove && { limitsAbove }) };
  if (input.kind === "single") return { kind: "single", spec };
  const swept = { version: 1 as const, base: spec, axes: input.axes };
  if (input.kind === "sweep") return { kind: "sweep", spec: swept };
  const { inSample, outOfSample, objective } = input;
  return { kind: "walk-forward", spec: { ...swept, inSample, outOfSample, objective } };
}

/** Null for what is no symbol: that is refused with the rest of the specification. */
const quoteOf = (symbol: string | undefined): string | null => symbol?.split("/")[1] ?? null;

const baseOf = (job: JobSpec): BacktestSpec => (job.kind === "single" ? job.spec : job.spec.base);

/** The symbols and the rule set that a backtest's trials are counted under; of several agents those of the first. */
function familyOf(job: JobSpec): { readonly symbols: readonly string[]; readonly family: string } {
  const [agent] = baseOf(job).agents;
  return { symbols: agent?.symbols ?? [], family: agent?.ruleSet ?? "" };
}

function rowOf(b: StoredBacktest, counts: ReadonlyMap<string, number>): BacktestRow {
  const base = baseOf(b.job);
  const { symbols, family } = familyOf(b.job);
  return {
    backtestId: b.id,
    name: b.name,
    kind: b.job.kind,
    engine: base.engine,
    symbols: [...new Set(base.agents.flatMap((a) => a.symbols))],
    ruleSets: [...new Set(base.agents.map((a) => a.ruleSet))],
    interval: base.interval,
    from: base.from,
    to: base.to,
    status: b.status,
    reason: b.reason,
    reasonCode: b.reasonCode,
    done: b.done,
    total: b.total,
    trials: b.trials,
    familyTrials: counts.get(`${family} ${symbolSetOf(symbols)}`) ?? 0,
    summary: b.summary,
    createdAt: b.createdAt,
    startedAt: b.startedAt,
    endedAt: b.endedAt,
  };
}
