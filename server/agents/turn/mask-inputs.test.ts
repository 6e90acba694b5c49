import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_LIMITS, protectionsAsJson } from "@/server/risk";
import { fixed, mul, toText, ZERO } from "@/server/shared";
import { sampleCandles, sampleInputs, sampleInstrument } from "@/server/testing/turn-inputs";
import type { RecordedReply, TurnInputs } from "./core-types";
import { seenInputs } from "./mask-inputs";
import { replayTurn } from "./replay";
import { runTurnCoreWithModel } from "./run-core";
import { turnCode } from "./turn-code";

const code = turnCode("test");
const SYMBOLS = ["BTC/USDT", "DOGE/USDT"];
const inputsOf = (masked: boolean, seed = 3, strategyText = ""): TurnInputs =>
  sampleInputs({
    config: {
      name: "Bitcoin hunter",
      symbols: SYMBOLS,
      decider: { kind: "model", model: "claude-haiku-4-5" },
      masked,
      strategyText,
      limits: { ...NO_LIMITS, sectors: { "DOGE/USDT": "meme" }, allowedSymbols: SYMBOLS },
    },
    candles: { "BTC/USDT": sampleCandles(seed, 200, 60_000), "DOGE/USDT": sampleCandles(seed + 1, 200, 7) },
    instruments: SYMBOLS.map(sampleInstrument),
    positions: [{ symbol: "DOGE/USDT", quantity: fixed("1234.5"), averageEntry: fixed("6.61"), realisedPnl: ZERO, feesPaid: fixed("1.2") }],
    openOrders: [
      {
        clientOrderId: "c",
        symbol: "BTC/USDT",
        side: "buy",
        type: "limit",
        quantity: fixed("0.002"),
        filledQuantity: ZERO,
        limitPrice: fixed("50000.5"),
      },
    ],
  });
const answer = (change: Record<string, unknown>): RecordedReply => ({
  ok: true,
  toolInput: {
    action: "buy",
    symbol: "ASSETA/USDT",
    size: { unit: "quote", amount: "250" },
    orderType: "market",
    limitPrice: null,
    stopLoss: null,
    takeProfit: null,
    confidence: 0.6,
    horizonHours: 4,
    reasoning: "ASSETA looks strong",
    ...change,
  } as never,
  raw: "",
  stopReason: "tool_use",
  inputTokens: 1,
  outputTokens: 1,
  latencyMs: 1,
  attempts: 1,
});
const decide = (inputs: TurnInputs, ...replies: RecordedReply[]) => {
  const asked: string[] = [];
  return runTurnCoreWithModel(inputs, code, async (request) => {
    asked.push(JSON.stringify(request));
    return replies[asked.length - 1] as RecordedReply;
  }).then((record) => ({ record, asked }));
};
const hold = answer({ action: "hold", size: null });

describe("a masked run", () => {
  it("hides the assets and dates of what limits and protections compare with as well", async () => {
    const plain = inputsOf(true);
    const trade = { symbol: "DOGE/USDT", openedAt: plain.at - 7_200_000, closedAt: plain.at - 3_600_000, profit: "-0.05" };
    const inputs: TurnInputs = {
      ...plain,
      agent: { ...plain.agent, protections: protectionsAsJson([{ kind: "cooldown-period", stopMinutes: 600 }]) },
      figures: {
        closedTrades: [trade],
        workspaceEquity: "10000",
        workspaceQuantities: { "BTC/USDT": "1", "XRP/USDT": "2" },
        recentOrders: [{ symbol: "XRP/USDT", side: "buy", quantity: "2", limitPrice: "0.5", at: plain.at, levels: ["agent"] }],
        depth: { "BTC/USDT": { bids: "3", asks: "4" } },
        farm: {
          limits: { ...plain.agent.limits, allowedSymbols: ["SOL/USDT"], sectors: { "ADA/USDT": "l1" } },
          tradingState: "active",
          dayPnl: "0",
          ordersLastHour: 0,
          ordersLastMinute: 0,
          equity: "1",
          quantities: { "BTC/USDT": "1" },
        },
      },
    };
    const seen = JSON.stringify(seenInputs(inputs));
    for (const secret of [/BTC/, /DOGE/, /XRP/, /SOL/, /ADA\//]) expect(seen).not.toMatch(secret);
    const { asked } = await decide(inputs, hold);
    expect(asked[0]).toMatch(/ASSETB\/USDT may not be bought before 1\d\d\d-/);
    expect(asked[0]).toContain("only ASSET");
  });
  it("shows the model no asset, no date, no agent's name and no price it could know", async () => {
    const inputs = inputsOf(true, 3, "Buy BTC when Dogecoin and doge/usdt fall; btc-like means nothing, XBTC stays.");
    const { asked, record } = await decide(inputs, hold);
    const text = asked.join("\n");
    for (const secret of [/\bBTC\b/i, /doge/i, /bitcoin/i, /202\d-\d\d/, /Simulated market/]) expect(text).not.toMatch(secret);
    expect(text).toContain("ASSETA/USDT");
    expect(text).toContain("Buy ASSETA when ASSETB and ASSETB/USDT fall");
    expect(text).toContain("XBTC stays");
    const years = [...text.matchAll(/(\d{4})-\d\d-\d\dT/g)].map((m) => Number(m[1]));
    expect(years.length).toBeGreaterThan(20);
    for (const year of years) expect(year).toBeLessThan(2000);
    // Limits name symbols in places that only code reads; the recorded context has none of them either.
    // What is recorded as its context is what it saw.
    expect(JSON.stringify(record.context)).not.toMatch(/BTC|DOGE/);
    for (const row of inputs.windows["BTC/USDT"]?.slice(-24) ?? []) expect(text).not.toContain(row[4]);
  });
  it("control: a plain run shows all of these", async () => {
    const { asked } = await decide(inputsOf(false), answer({ action: "hold", symbol: "BTC/USDT", size: null }));
    for (const shown of [/BTC/, /DOGE/, /Bitcoin hunter/, /2025/, /Simulated market/]) expect(asked.join()).toMatch(shown);
  });
  it("moves dates by whole weeks, the same for all of an agent's turns", () => {
    const inputs = inputsOf(true);
    const shift = seenInputs(inputs).at - inputs.at;
    expect(Math.abs(shift % (7 * 86_400_000))).toBe(0);
    const later = { ...inputsOf(true), at: inputs.at + 3_600_000 };
    expect(seenInputs(later).at - later.at).toBe(shift);
  });
  it("keeps every amount of money: quantity times price is what it was, and so are shapes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (seed) => {
        const inputs = inputsOf(true, seed);
        const seen = seenInputs(inputs);
        const value = (from: TurnInputs) =>
          from.account.positions.map((p) => toText(mul(fixed(p.quantity), fixed(from.prices[p.symbol]?.price ?? "0"), "half-even")));
        expect(value(seen)).toEqual(value(inputs));
        expect(seen.account.equity).toBe(inputs.account.equity);
        const first = Number(seen.windows["ASSETA/USDT"]?.[0]?.[4]);
        expect(first).toBeGreaterThanOrEqual(100);
        expect(first).toBeLessThan(8000);
        const ratio = (rows: TurnInputs["windows"][string] | undefined) => Number(rows?.[150]?.[4]) / Number(rows?.[10]?.[4]);
        expect(ratio(seen.windows["ASSETA/USDT"])).toBeCloseTo(ratio(inputs.windows["BTC/USDT"]), 12);
      }),
      { numRuns: 30 },
    );
  });
  it("is taken off the answer: symbol, prices and base quantities are real again, exactly", async () => {
    const inputs = inputsOf(true);
    const seen = seenInputs(inputs);
    const masked = seen.account.openOrders[0];
    const position = seen.account.positions[0];
    const limit = await decide(inputs, answer({ orderType: "limit", limitPrice: masked?.limitPrice, stopLoss: seen.prices["ASSETA/USDT"]?.price }));
    expect(limit.record.decision).toMatchObject({
      symbol: "BTC/USDT",
      size: { unit: "quote", amount: "250" },
      limitPrice: "50000.5",
      stopLoss: inputs.prices["BTC/USDT"]?.price,
      reasoning: "ASSETA looks strong",
    });
    const sell = await decide(inputs, answer({ action: "sell", symbol: "ASSETB/USDT", size: { unit: "base", amount: position?.quantity } }));
    expect(sell.record.decision).toMatchObject({ symbol: "DOGE/USDT", size: { unit: "base", amount: "1234.5" } });
    expect(sell.record.intents[0]).toMatchObject({ symbol: "DOGE/USDT", side: "sell" });
  });
  it("asks again when the model guesses the asset or answers beyond all numbers, and says it in masked words", async () => {
    const guess = await decide(inputsOf(true), answer({ symbol: "BTC/USDT" }), answer({}));
    expect(guess.asked[1]).toContain("symbol BTC/USDT is not one this agent trades: ASSETA/USDT, ASSETB/USDT");
    expect(guess.record.decision.symbol).toBe("BTC/USDT");
    const huge = await decide(inputsOf(true), answer({ limitPrice: "999999999999999", orderType: "limit" }), hold);
    expect(huge.record.fallbackReason ?? huge.record.decision.action).toBeTruthy();
  });
  it("replays identically, and the inputs on record are the real ones", async () => {
    const { record } = await decide(inputsOf(true), answer({}));
    expect(record.inputs.agent.symbols).toEqual(SYMBOLS);
    const recording = {
      inputs: JSON.parse(JSON.stringify(record.inputs)) as TurnInputs,
      replies: record.replies,
      stages: record.stages,
      build: "test",
    };
    expect(replayTurn(recording, code).result).toBe("identical");
    // Control: without the mask the recorded prompt cannot come out again.
    const plain = { ...recording, inputs: { ...recording.inputs, agent: { ...recording.inputs.agent, masked: undefined } } };
    expect(replayTurn(plain, code)).toMatchObject({ result: "different", stage: "context" });
  });
  it("changes nothing in records of agents that are not masked", async () => {
    const inputs = inputsOf(false);
    expect("masked" in inputs.agent).toBe(false);
    expect(seenInputs(inputs)).toBe(inputs);
  });
});
