import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AgentConfig, RULE_CATALOG, RULE_SETS, runTurnCore, runTurnCoreWithModel, type TurnCode, turnCode } from "@/server/agents";
import { runSimulation } from "@/server/backtest";
import { allocateDraft, depositDraft, InMemoryLedger } from "@/server/ledger";
import * as market from "@/server/market";
import { type Candle, CandleSeries, type Line, type MarketFeed } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { fixed, hashJson, type Json, seededRandom, ZERO } from "@/server/shared";
import { sampleCandles, sampleInputs, sampleInstrument } from "@/server/testing/turn-inputs";
import { instrumentFor } from "@/server/trading";
import { type BarsBySymbol, type DecisionMade, findLookAhead, perturbFuture } from "./look-ahead";

const HOUR = 3_600_000;
const END = 1_736_510_400_000;
const SYMBOLS = ["BTC/USDT", "ETH/USDT"];

/** Two trending random walks of hourly bars, the last of which closes at END. */
const randomBars = (seed: number, count: number): BarsBySymbol =>
  Object.fromEntries(SYMBOLS.map((s, i) => [s, sampleCandles(seed * 2 + i, count, 5000, seed % 2 ? 0.001 : -0.001, END)]));
const closedBy = (bars: readonly Candle[], at: number): readonly Candle[] => bars.filter((b) => b.openTime + HOUR <= at).slice(-200);

/** Parameters that act within short histories: periods as short as their bounds allow. */
const quickParams = (ruleSet: string, seed: number): Record<string, number> => {
  const random = seededRandom(seed);
  const info = RULE_CATALOG.find((r) => r.id === ruleSet);
  const params = Object.fromEntries(
    (info?.params ?? []).map((p) => {
      const value = p.min + random() * (Math.min(p.max, p.min + 20 * p.step) - p.min);
      return [p.name, p.step === 1 && Number.isInteger(p.min) ? Math.round(value) : value];
    }),
  );
  if (params.fast !== undefined) params.slow = Math.max(params.slow ?? 0, params.fast + 1);
  if (params.entryAtr !== undefined) params.entryAtr = 0;
  return params;
};

const inputsAt = (bars: BarsBySymbol, at: number, decider: AgentConfig["decider"], holds: boolean, masked = false) => {
  const candles = Object.fromEntries(SYMBOLS.map((s) => [s, closedBy(bars[s] ?? [], at)]));
  const last = candles[SYMBOLS[0] as string]?.at(-1)?.close ?? fixed("1");
  return sampleInputs({
    config: { symbols: SYMBOLS, decider, masked },
    at,
    candles,
    instruments: SYMBOLS.map(sampleInstrument),
    positions: holds ? [{ symbol: SYMBOLS[0] as string, quantity: fixed("0.5"), averageEntry: last, realisedPnl: ZERO, feesPaid: ZERO }] : [],
  });
};

/** Every tick's whole record, from context to intents. */
const recordsOf = (bars: BarsBySymbol, decider: AgentConfig["decider"], code: TurnCode): DecisionMade[] => {
  const first = (bars[SYMBOLS[0] as string] as readonly Candle[])[30]?.openTime ?? END;
  return Array.from({ length: 36 }, (_, i) => first + i * HOUR).map((at, i) => {
    const record = runTurnCore(inputsAt(bars, at, decider, i % 2 === 1), code);
    return { at, made: `${record.decision.action} ${record.recordHash}` };
  });
};
const cutOf = (seed: number) => END - (5 + (seed % 20)) * HOUR - (seed % 3 === 0 ? HOUR / 2 : 0);

describe("no decider sees the future: bars after the decision change, decisions before do not move", () => {
  it.each(RULE_SETS)("rule set %s, through the whole turn core, in random markets with random parameters", async (ruleSet) => {
    let acted = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), async (seed) => {
        const decider = { kind: "rules", ruleSet, params: quickParams(ruleSet, seed) } as const;
        const result = await findLookAhead(randomBars(seed, 75), HOUR, cutOf(seed), seed, (bars) => {
          const made = recordsOf(bars, decider, turnCode("test"));
          acted += made.filter((d) => !d.made.startsWith("hold")).length;
          return made;
        });
        expect(result.moved).toBeNull();
        expect(result.compared).toBeGreaterThan(10);
      }),
      { numRuns: 8 },
    );
    // Decisions that are all the same would prove nothing.
    if (ruleSet !== "hold") expect(acted).toBeGreaterThan(10);
  });

  it("a model's: the exact prompts, of plain and of masked runs", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const prompts = async (bars: BarsBySymbol): Promise<DecisionMade[]> => {
        const made: DecisionMade[] = [];
        for (let at = END - 45 * HOUR; at < END; at += 5 * HOUR) {
          const asked: string[] = [];
          await runTurnCoreWithModel(
            inputsAt(bars, at, { kind: "model", model: "claude-haiku-4-5" }, true, seed % 2 === 0),
            turnCode("test"),
            async (request) => {
              asked.push(hashJson(request as unknown as Json));
              return { ok: false, code: "MODEL_UNAVAILABLE", message: "not asked here" };
            },
          );
          made.push({ at, made: asked.join() });
        }
        return made;
      };
      const result = await findLookAhead(randomBars(seed, 75), HOUR, cutOf(seed), seed, prompts);
      expect(result.moved).toBeNull();
      expect(result.compared).toBeGreaterThan(3);
    }
  });

  it("control: a decider that peeks one bar ahead is caught, with the decision that moved", async () => {
    const peeking = (bars: BarsBySymbol): TurnCode => ({
      ...turnCode("test"),
      decideByRules: (inputs) => {
        const honest = turnCode("test").decideByRules(inputs);
        const [now, next] = (bars["BTC/USDT"] ?? []).filter((b) => b.openTime + HOUR >= inputs.at);
        return now && next && next.close > now.close
          ? { ...honest, action: "buy", symbol: "BTC/USDT", size: { unit: "quote", amount: "100" } }
          : honest;
      },
    });
    let caught = 0;
    for (let seed = 1; seed <= 10; seed++) {
      // Half past: the bar it peeks at is one that closes after the cut.
      const cut = END - (5 + seed) * HOUR;
      const decider = { kind: "rules", ruleSet: "hold", params: {} } as const;
      const result = await findLookAhead(randomBars(seed, 75), HOUR, cut, seed, (bars) => recordsOf(bars, decider, peeking(bars)));
      if (result.moved) {
        caught += 1;
        expect(result.moved.at).toBeLessThanOrEqual(cut);
        expect(result.moved.at).toBeGreaterThanOrEqual(cut - HOUR);
      }
    }
    // Another future keeps the peeked direction by chance about half of the time.
    expect(caught).toBeGreaterThanOrEqual(2);
  });
  it("refuses to compare nothing", async () => {
    await expect(findLookAhead(randomBars(1, 40), HOUR, 0, 1, () => [{ at: 1, made: "hold" }])).rejects.toMatchObject({ code: "NOTHING_TO_COMPARE" });
  });
});

describe("nor does a whole simulation: feed, matcher, ledger and turns", () => {
  const feedOf = (bars: BarsBySymbol, ahead: number): MarketFeed => {
    const info = (symbol: string) => ({ symbol, baseInterval: "1h" as const, firstTime: bars[symbol]?.[0]?.openTime ?? 0, endTime: END });
    const series = new Map(SYMBOLS.map((s) => [s, new CandleSeries(info(s), bars[s] ?? [])]));
    const of = (symbol: string) => series.get(symbol) as CandleSeries;
    return {
      source: { kind: "simulated", label: "test" },
      symbols: () => SYMBOLS.map(info),
      candles: async (q) => of(q.symbol).candles(q.interval, Math.min(q.at + ahead, END), q.limit),
      bars: async (q) => of(q.symbol).bars(q.from, q.at),
      price: async (q) => of(q.symbol).price(q.at),
    };
  };
  const simulate = async (bars: BarsBySymbol, ruleSet: (typeof RULE_SETS)[number], seed: number, ahead = 0): Promise<DecisionMade[]> => {
    const ledger = new InMemoryLedger();
    const from = (bars[SYMBOLS[0] as string] as readonly Candle[])[20]?.openTime ?? 0;
    ledger.postNow("w", depositDraft({ key: "deposit", at: from, nodeId: "t", currency: "USDT", amount: fixed("10000") }));
    ledger.postNow("w", allocateDraft({ key: "allocate", at: from, fromNodeId: "t", toNodeId: "n", currency: "USDT", amount: fixed("10000") }));
    const made: DecisionMade[] = [];
    const decider = { kind: "rules" as const, ruleSet, params: quickParams(ruleSet, seed) };
    const config: AgentConfig = {
      name: "sim",
      symbols: SYMBOLS,
      mode: "paper",
      trigger: { kind: "interval", interval: "1h" },
      barInterval: "1h",
      strategyText: "",
      decider,
      limits: NO_LIMITS,
      dailyModelCap: ZERO,
      settleAfterMs: 2 * HOUR,
    };
    await runSimulation({
      agent: { id: "a", workspaceId: "w", nodeId: "n", config, configVersion: 1, currency: "USDT" },
      feed: feedOf(bars, ahead),
      instrument: (symbol) => instrumentFor(symbol, null),
      ledger,
      from,
      to: END,
      build: "test",
      sink: (event) => {
        if (event.type === "turn") made.push({ at: event.turn.at, made: event.turn.record.recordHash });
        if (event.type === "equity") made.push({ at: event.at, made: `${event.equity} ${event.hold}` });
      },
    });
    return made;
  };
  it.each(RULE_SETS)("rule set %s", async (ruleSet) => {
    for (const seed of [1, 2, 3]) {
      const result = await findLookAhead(randomBars(seed, 90), HOUR, cutOf(seed), seed, (bars) => simulate(bars, ruleSet, seed));
      expect(result.moved).toBeNull();
      expect(result.compared).toBeGreaterThan(50);
    }
  });
  it("control: a feed that gives one bar too many is caught", async () => {
    const result = await findLookAhead(randomBars(1, 90), HOUR, END - 10 * HOUR, 1, (bars) => simulate(bars, "breakout", 1, HOUR));
    expect(result.moved?.at).toBe(END - 10 * HOUR);
  });
});

describe("no indicator sees the future", () => {
  type Columns = {
    readonly high: readonly number[];
    readonly low: readonly number[];
    readonly close: readonly number[];
    readonly volume: readonly number[];
  };
  const INDICATORS: Readonly<Record<string, (c: Columns) => readonly Line[]>> = {
    adx: (c) => Object.values(market.adx(c.high, c.low, c.close, 5)),
    atr: (c) => [market.atr(c.high, c.low, c.close, 5)],
    bollinger: (c) => Object.values(market.bollinger(c.close, 5, 2)),
    ema: (c) => [market.ema(c.close, 5)],
    macd: (c) => Object.values(market.macd(c.close, 3, 6, 3)),
    obv: (c) => [market.obv(c.close, c.volume)],
    "percent-b": (c) => [market.percentB(c.close, 5, 2)],
    "realised-volatility": (c) => [market.realisedVolatility(c.close, 5, 8760)],
    "rolling-correlation": (c) => [market.rollingCorrelation(c.close, c.volume, 5)],
    rsi: (c) => [market.rsi(c.close, 5)],
    sma: (c) => [market.sma(c.close, 5)],
    vwap: (c) => [market.vwap(c.close, c.volume, 5)],
    "z-score": (c) => [market.zScore(c.close, 5)],
  };
  const PARTS = ["line", "ring", "tail", "wilder"];
  const columnsOf = (bars: readonly Candle[]): Columns => {
    const column = (pick: (c: Candle) => bigint) => bars.map((c) => Number(pick(c)) / 1e18);
    return { high: column((c) => c.high), low: column((c) => c.low), close: column((c) => c.close), volume: column((c) => c.volume) };
  };
  /** Each bar's values as a decision: taken at the bar's close. */
  const valuesOf =
    (lines: (c: Columns) => readonly Line[]) =>
    (bars: BarsBySymbol): DecisionMade[] => {
      const own = bars["BTC/USDT"] ?? [];
      const columns = lines(columnsOf(own));
      return own.map((bar, i) => ({ at: bar.openTime + HOUR, made: columns.map((line) => String(line[i])).join() }));
    };

  it("and every indicator is looked at here", () => {
    const files = fs.readdirSync(path.resolve(import.meta.dirname, "../market/indicators")).filter((f) => !f.endsWith(".test.ts"));
    expect(
      files
        .map((f) => f.replace(".ts", ""))
        .filter((f) => !PARTS.includes(f))
        .sort(),
    ).toEqual(Object.keys(INDICATORS).sort());
  });
  it.each(Object.keys(INDICATORS))("%s", async (name) => {
    const lines = INDICATORS[name] as (c: Columns) => readonly Line[];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), async (seed) => {
        const result = await findLookAhead(randomBars(seed, 60), HOUR, cutOf(seed), seed, valuesOf(lines));
        expect(result.moved).toBeNull();
        expect(result.compared).toBeGreaterThan(20);
      }),
      { numRuns: 20 },
    );
  });
  it("control: one that is centred is caught", async () => {
    const centred = (c: Columns): readonly Line[] => [c.close.map((x, i) => (x + (c.close[i + 1] ?? x)) / 2)];
    expect((await findLookAhead(randomBars(1, 60), HOUR, END - 5 * HOUR, 1, valuesOf(centred))).moved?.at).toBe(END - 5 * HOUR);
  });
});

describe("perturbing the future", () => {
  it("keeps what was known, the open of the bar at the cut included, and makes bars that are bars", () => {
    const bars = randomBars(3, 50);
    const cut = END - 10 * HOUR - HOUR / 2;
    const other = perturbFuture(bars, HOUR, cut, 5);
    for (const symbol of SYMBOLS)
      for (const [i, bar] of (other[symbol] ?? []).entries()) {
        const was = bars[symbol]?.[i] as Candle;
        if (bar.openTime + HOUR <= cut) expect(bar).toBe(was);
        else expect(bar.close).not.toBe(was.close);
        if (bar.openTime <= cut) expect(bar.open).toBe(was.open);
        expect(bar.low <= bar.open && bar.low <= bar.close && bar.high >= bar.open && bar.high >= bar.close && bar.low > 0n).toBe(true);
      }
  });
});
