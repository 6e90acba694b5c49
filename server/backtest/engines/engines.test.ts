import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AgentConfig, RULE_CATALOG, RULE_SETS, type RuleSetName } from "@/server/agents";
import { INTERVAL_MS, type Interval } from "@/server/market";
import { type Limits, NO_LIMITS, type ProtectionSpec } from "@/server/risk";
import { fixed, ZERO } from "@/server/shared";
import { MARKET_BEGIN, randomMarket } from "@/server/testing/random-market";
import { DEFAULT_PAPER_RULES, instrumentFor } from "@/server/trading";
import { type LimitsAbove, NOTHING_ABOVE } from "../limits-above";
import { PATH_DEPENDENT } from "../screens/screen-of";
import { runEventEngine } from "./event-engine";
import { gridOf, runAgent } from "./run-agent";
import type { AgentRun, RunOptions } from "./run-types";
import type { TickGrid } from "./tick-grid";

/** More of them in the soak. */
const RUNS = Number(process.env.ENGINE_RUNS ?? 16);
const HOUR = INTERVAL_MS["1h"];
const SYMBOLS = ["AAA/USDT", "BBB/USDT", "CCC/USDT"];

type Case = {
  readonly seed: number;
  readonly ruleSet: RuleSetName;
  readonly symbols: number;
  readonly gaps: number;
  readonly still: number;
  readonly volume: number;
  readonly trigger: Interval;
  readonly barInterval: Interval;
  readonly quick: boolean;
  readonly sizePercent: number;
  readonly limits: Limits;
  readonly protections: readonly ProtectionSpec[];
  readonly above?: LimitsAbove;
  readonly base?: Interval;
  readonly lot?: string;
};

const QUICK: Readonly<Record<RuleSetName, Readonly<Record<string, number>>>> = {
  "trend-follow": { fast: 3, slow: 9, atrPeriod: 5, entryAtr: 0.2 },
  "mean-revert": { rsiPeriod: 5, rsiBuy: 40, bandPeriod: 8, bandWidth: 1.2, stopAtr: 1.5 },
  breakout: { entryBars: 8, exitBars: 4 },
  hold: {},
};

function optionsOf(c: Case, bars = 420): RunOptions {
  const symbols = SYMBOLS.slice(0, c.symbols);
  const market = randomMarket({ ...c, bars, symbols });
  const known = RULE_CATALOG.find((r) => r.id === c.ruleSet)?.params ?? [];
  const size: Record<string, number> = known.some((p) => p.name === "sizePercent") ? { sizePercent: c.sizePercent } : {};
  const config: AgentConfig = {
    name: "run",
    symbols,
    mode: "paper",
    trigger: { kind: "interval", interval: c.trigger },
    barInterval: c.barInterval,
    strategyText: "",
    decider: { kind: "rules", ruleSet: c.ruleSet, params: { ...(c.quick ? QUICK[c.ruleSet] : {}), ...size } },
    limits: c.limits,
    protections: c.protections,
    dailyModelCap: ZERO,
    settleAfterMs: HOUR,
  };
  return {
    agent: { id: "agent", workspaceId: "w", nodeId: "node", config, configVersion: 1, currency: "USDT", ...(c.above && { above: c.above }) },
    capital: fixed("1000"),
    market,
    instrument: (s) => ({ ...instrumentFor(s, { priceDecimals: 2, priceHint: 100 }), ...(c.lot && { lotSize: fixed(c.lot) }) }),
    rules: DEFAULT_PAPER_RULES,
    from: MARKET_BEGIN + HOUR,
    to: MARKET_BEGIN + bars * INTERVAL_MS[c.base ?? "1h"],
    build: "test",
  };
}

const LOOKBACK = { lookbackMinutes: 3000, stopMinutes: 900, tradeLimit: 1 };
const PROTECTED: readonly ProtectionSpec[] = [
  { kind: "stop-loss-guard", ...LOOKBACK, lossPercent: ZERO, onlyPerPair: true },
  { kind: "max-drawdown", ...LOOKBACK, maxDrawdownPercent: fixed("1") },
  { kind: "low-profit-pairs", ...LOOKBACK, requiredProfitPercent: ZERO },
];

/** Every kind of limit that a level above an agent has, tight enough to bind here. */
const BINDING: readonly (readonly [string, Partial<Limits>])[] = [
  ["largest order", { maxOrderNotional: fixed("150") }],
  ["largest position", { maxPositionNotional: fixed("200") }],
  ["loss of a day", { maxDailyLoss: fixed("2") }],
  ["gross exposure", { maxGrossNotional: fixed("210") }],
  ["share that is invested", { maxGrossPercent: fixed("25") }],
  ["share of one market", { maxSymbolPercent: fixed("20") }],
  ["markets that move together", { maxCorrelatedPercent: fixed("25"), correlationThreshold: fixed("0.01") }],
  ["orders an hour", { maxOrdersPerHour: 1 }],
  ["a second order like it", { duplicateWindowSeconds: 86_400 }],
  ["allowed markets", { allowedSymbols: ["BBB/USDT"] }],
];
const PLACES: Readonly<Record<string, (limits: Limits) => LimitsAbove>> = {
  workspace: (limits) => ({ workspace: limits, farms: [] }),
  farm: (limits) => ({ workspace: NO_LIMITS, farms: [limits] }),
  "outer farm": (limits) => ({ workspace: NO_LIMITS, farms: [NO_LIMITS, limits] }),
};
const limitsOf = (some: Partial<Limits>): Limits => ({ ...NO_LIMITS, ...some });
const oneAbove = fc.tuple(fc.constantFrom(...BINDING), fc.constantFrom(...Object.values(PLACES))).map(([[, some], at]) => at(limitsOf(some)));

const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  ruleSet: fc.constantFrom(...RULE_SETS),
  symbols: fc.integer({ min: 1, max: 3 }),
  gaps: fc.constantFrom(0, 0, 0.05, 0.2),
  still: fc.constantFrom(0, 0, 0.3, 0.95),
  volume: fc.constantFrom(5, 40, 1_000),
  trigger: fc.constantFrom<Interval>("1h", "1h", "4h"),
  barInterval: fc.constantFrom<Interval>("1h", "1h", "4h"),
  quick: fc.boolean(),
  sizePercent: fc.constantFrom(1, 30, 90),
  limits: fc.constantFrom<Limits>(
    NO_LIMITS,
    { ...NO_LIMITS, maxDailyLoss: fixed("12") },
    { ...NO_LIMITS, maxOrderNotional: fixed("150"), maxOrdersPerHour: 1 },
    { ...NO_LIMITS, maxPositionNotional: fixed("200") },
    { ...NO_LIMITS, maxSymbolPercent: fixed("20"), duplicateWindowSeconds: 6 * 3600 },
    { ...NO_LIMITS, maxVolumePercent: fixed("1"), volumeBars: 3, maxGrossPercent: fixed("25") },
    { ...NO_LIMITS, maxCorrelatedPercent: fixed("25"), correlationThreshold: fixed("0.3"), tradingHours: "06:00-20:00" },
  ),
  protections: fc.constantFrom<readonly ProtectionSpec[]>([], [], [{ kind: "cooldown-period", stopMinutes: 300 }], PROTECTED),
  above: fc.oneof(fc.constant(NOTHING_ABOVE), oneAbove),
});

/** Everything but the journal. */
const shown = (run: AgentRun): unknown => ({ ...run, audit: null });

const same = (a: AgentRun, b: AgentRun): boolean => text(a) === text(b);
const text = (run: AgentRun): string => JSON.stringify(shown(run), (_, v) => (typeof v === "bigint" ? String(v) : v));

describe("the three engines", () => {
  it(
    "make the same trades, to the last digit, on any market and with any rule set, limits and protections",
    async () => {
      let fills = 0;
      let partly = 0;
      await fc.assert(
        fc.asyncProperty(cases, async (c) => {
          const options = optionsOf(c);
          const audited = await runAgent("audited", options);
          fills += audited.fills.length;
          partly += audited.fills.length - new Set(audited.fills.map((f) => `${f.symbol} ${f.orderedAt}`)).size;
          expect(shown(await runAgent("event", options))).toEqual(shown(audited));
          if (PATH_DEPENDENT[c.ruleSet] === null) expect(shown(await runAgent("array", options))).toEqual(shown(audited));
        }),
        { numRuns: RUNS, seed: 7 },
      );
      // Markets in which nothing is traded would prove nothing; thin ones must have cut orders in parts.
      expect(fills).toBeGreaterThan(150);
      expect(partly).toBeGreaterThan(5);
    },
    Math.max(20_000, RUNS * 2_000),
  );

  const broken: readonly (readonly [string, (grid: TickGrid) => TickGrid])[] = [
    [
      "sees one bar too many",
      (grid) => ({ ...grid, symbols: grid.symbols.map((s) => ({ ...s, closed: s.closed.map((x) => Math.min(x + 1, s.bars.length)) })) }),
    ],
    ["sees one bar too few", (grid) => ({ ...grid, symbols: grid.symbols.map((s) => ({ ...s, closed: s.closed.map((x) => Math.max(x - 1, 1)) })) })],
    ["decides one tick later", (grid) => ({ ...grid, first: grid.first + grid.stepMs, count: grid.count - 1 })],
    ["decides on old prices", (grid) => ({ ...grid, skipped: new Uint8Array(grid.count), skippedCount: grid.skippedCount })],
  ];
  it.each(broken)("catches an engine that %s", async (_name, shift) => {
    const outcome = await fc.check(
      fc.asyncProperty(cases, async (c) => {
        const options = optionsOf({ ...c, gaps: 0.2, quick: true });
        return same(await runAgent("audited", options), runEventEngine(options, shift(gridOf(options))));
      }),
      { numRuns: 40, seed: 3 },
    );
    expect(outcome.failed).toBe(true);
  });
});

describe("limits above an agent", () => {
  // Each in the market and with the rules in which it has something to say.
  const quick = { seed: 11, ruleSet: "trend-follow", symbols: 2, gaps: 0, still: 0, volume: 1_000, trigger: "15m", barInterval: "15m" } as const;
  const base: Case = { ...quick, base: "15m", quick: true, sizePercent: 45, limits: NO_LIMITS, protections: [], lot: "1" };
  // The nearest farm's are in the property above.
  const places = Object.entries(PLACES).filter(([place]) => place !== "farm");
  const bound = BINDING.flatMap(([name, some]) => places.map(([place, at]) => [name, place, at(limitsOf(some))] as const));
  const free = runAgent("event", optionsOf(base, 220));

  it.each(bound)("%s of the %s binds, and in every engine alike", async (_name, _place, above) => {
    const options = optionsOf({ ...base, above }, 220);
    const audited = await runAgent("audited", options);
    expect(audited.reduced + audited.denied).toBeGreaterThan(0);
    expect(shown(await runAgent("event", options))).toEqual(shown(audited));
    expect(shown(await runAgent("array", options))).toEqual(shown(audited));
    // An engine that forgot them would be seen.
    expect(same(audited, await free)).toBe(false);
  });

  it("nothing that is set above changes nothing", async () => {
    const [with0, without] = [optionsOf({ ...base, above: PLACES.workspace?.(NO_LIMITS) as LimitsAbove }, 220), optionsOf(base, 220)];
    for (const engine of ["audited", "event"] as const) expect(await runAgent(engine, with0)).toEqual(await runAgent(engine, without));
  });
});

describe("the array engine", () => {
  const base: Case = {
    seed: 1,
    ruleSet: "hold",
    symbols: 1,
    gaps: 0,
    still: 0,
    volume: 1000,
    trigger: "1h",
    barInterval: "1h",
    quick: false,
    sizePercent: 30,
    limits: NO_LIMITS,
    protections: [],
  };

  it("refuses a rule set that looks at its own fills, by name", async () => {
    await expect(runAgent("array", optionsOf({ ...base, ruleSet: "mean-revert" }))).rejects.toMatchObject({
      code: "DECIDER_NEEDS_PATH",
      message: expect.stringContaining("mean-revert"),
      details: { field: "engine", data: { ruleSet: "mean-revert" } },
    });
  });

  it("every engine refuses deciders that are models and agents that do not tick", async () => {
    const options = optionsOf(base);
    const config = options.agent.config;
    const model = { ...options, agent: { ...options.agent, config: { ...config, decider: { kind: "model", model: "x" } as const } } };
    const manual = { ...options, agent: { ...options.agent, config: { ...config, trigger: { kind: "manual" } as const } } };
    for (const engine of ["audited", "event", "array"] as const) {
      await expect(runAgent(engine, model)).rejects.toMatchObject({ code: "MODEL_NEEDED" });
      await expect(runAgent(engine, manual)).rejects.toMatchObject({ code: "MANUAL_TRIGGER" });
    }
  });
});
