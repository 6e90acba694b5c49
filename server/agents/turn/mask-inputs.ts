import { DAY_MS, type Fixed, fixed, mul, sha256, toText } from "@/server/shared";
import type { TurnInputs } from "./core-types";
import { type MaskHand, maskFigures, maskLimits, symbolsOfFigures, symbolsOfLimits } from "./mask-figures";
import type { ParsedDecision } from "./parse-decision";
import type { Decision } from "./types";

/**
 * Masked runs: what a model reads names no asset, no date and no price it could remember. Symbols become ASSETA/…, times move back by
 * whole weeks to before such markets existed, and each symbol's prices are multiplied by a factor while its quantities are divided by it,
 * so that every amount of money stays what it is. All of it follows from the recorded inputs, so a masked decision replays identically.
 * Rules, limits, orders and the ledger never see the mask: it is put on for the model alone and taken off its answer.
 */
type Mask = { readonly names: ReadonlyMap<string, string>; readonly factors: ReadonlyMap<string, Factor>; readonly shiftMs: number };
type Factor = { readonly times: Fixed; readonly inverse: Fixed };

/** Factors and inverses that both are short decimals, so that nothing is lost on the way there and back. */
const STRETCH: readonly (readonly [string, string])[] = [
  ["1.25", "0.8"],
  ["1.6", "0.625"],
  ["2", "0.5"],
  ["2.5", "0.4"],
  ["3.2", "0.3125"],
  ["4", "0.25"],
  ["5", "0.2"],
  ["6.25", "0.16"],
  ["8", "0.125"],
];
const WEEK_MS = 7 * DAY_MS;

const masks = new WeakMap<TurnInputs, { readonly mask: Mask; readonly inputs: TurnInputs }>();

/** The inputs as their decider reads them: themselves, or masked when the agent asks for it. Made once per inputs. */
export function seenInputs(inputs: TurnInputs): TurnInputs {
  return inputs.agent.masked ? masked(inputs).inputs : inputs;
}

/** A decision made on masked inputs, in real symbols, prices and quantities. Amounts beyond what can be counted are refused like any unreadable answer. */
export function unmaskDecision(parsed: ParsedDecision, inputs: TurnInputs): ParsedDecision {
  if (!inputs.agent.masked || !parsed.ok) return parsed;
  const { mask } = masked(inputs);
  const { decision } = parsed;
  const symbol = [...mask.names].find(([, name]) => name === decision.symbol)?.[0];
  const factor = symbol === undefined ? undefined : mask.factors.get(symbol);
  if (symbol === undefined || !factor) return { ok: false, repairable: true, reason: `symbol ${decision.symbol} is not one this agent trades` };
  const price = (text: string | null): string | null => (text === null ? null : times(text, factor.inverse));
  try {
    const size: Decision["size"] =
      decision.size?.unit === "base" ? { unit: "base", amount: times(decision.size.amount, factor.times) } : decision.size;
    const { limitPrice, stopLoss, takeProfit } = decision;
    return {
      ok: true,
      decision: { ...decision, symbol, size, limitPrice: price(limitPrice), stopLoss: price(stopLoss), takeProfit: price(takeProfit) },
    };
  } catch {
    return { ok: false, repairable: true, reason: "an amount of the answer is too large" };
  }
}

function masked(inputs: TurnInputs): { readonly mask: Mask; readonly inputs: TurnInputs } {
  let known = masks.get(inputs);
  if (!known) {
    const mask = maskOf(inputs);
    known = { mask, inputs: wear(inputs, mask) };
    masks.set(inputs, known);
  }
  return known;
}

function maskOf(inputs: TurnInputs): Mask {
  const symbols = new Set([
    ...inputs.agent.symbols,
    ...Object.keys(inputs.windows),
    ...Object.keys(inputs.prices),
    ...inputs.account.positions.map((p) => p.symbol),
    ...inputs.account.openOrders.map((o) => o.symbol),
    ...Object.keys(inputs.risk.workspaceNotional),
    ...symbolsOfLimits(inputs.agent.limits),
    ...symbolsOfLimits(inputs.workspace.limits),
    ...symbolsOfFigures(inputs.figures),
  ]);
  const names = new Map([...symbols].map((symbol, i) => [symbol, `ASSET${letters(i)}/${symbol.split("/")[1] ?? ""}`]));
  const factors = new Map([...symbols].map((symbol) => [symbol, factorOf(inputs, symbol)]));
  return { names, factors, shiftMs: -WEEK_MS * (1500 + (numberOf(inputs.agentId, "weeks") % 500)) };
}

/** Symbols as the product writes them, so that whatever reads a symbol reads these as well. A to Z, then A1 to Z1 and so on. */
const letters = (i: number): string => `${String.fromCharCode(65 + (i % 26))}${i < 26 ? "" : Math.floor(i / 26)}`;

const numberOf = (...parts: readonly string[]): number => Number.parseInt(sha256(["mask", ...parts].join("\n")).slice(0, 8), 16);

/** Brings the oldest price shown between 100 and 1,000, then stretches it by a factor of the agent and symbol. */
function factorOf(inputs: TurnInputs, symbol: string): Factor {
  const oldest = Number(inputs.windows[symbol]?.[0]?.[4] ?? inputs.prices[symbol]?.price ?? "100");
  const power = oldest > 0 ? Math.max(-9, Math.min(9, 2 - Math.floor(Math.log10(oldest)))) : 0;
  const [times, inverse] = STRETCH[numberOf(inputs.agentId, symbol) % STRETCH.length] as (typeof STRETCH)[number];
  return { times: mul(fixed(times), tenTo(power), "half-even"), inverse: mul(fixed(inverse), tenTo(-power), "half-even") };
}

const tenTo = (power: number): Fixed => fixed(power >= 0 ? `1${"0".repeat(power)}` : `0.${"0".repeat(-power - 1)}1`);
const times = (text: string, factor: Fixed): string => toText(mul(fixed(text), factor, "half-even"));

function wear(inputs: TurnInputs, mask: Mask): TurnInputs {
  const name = (symbol: string): string => mask.names.get(symbol) ?? "ASSET";
  const factor = (symbol: string): Factor => mask.factors.get(symbol) as Factor;
  const time = (at: number): number => at + mask.shiftMs;
  const hand: MaskHand = {
    name,
    time,
    price: (symbol, text) => times(text, factor(symbol).times),
    quantity: (symbol, text) => times(text, factor(symbol).inverse),
  };
  const renamed = <V>(record: Readonly<Record<string, V>>, change: (value: V, symbol: string) => V): Record<string, V> =>
    Object.fromEntries(Object.entries(record).map(([symbol, value]) => [name(symbol), change(value, symbol)]));
  return {
    ...inputs,
    at: time(inputs.at),
    agent: {
      ...inputs.agent,
      name: "masked agent",
      symbols: inputs.agent.symbols.map(name),
      strategyText: hideNames(inputs.agent.strategyText, mask.names),
      limits: maskLimits(inputs.agent.limits, hand),
    },
    workspace: { ...inputs.workspace, limits: maskLimits(inputs.workspace.limits, hand) },
    source: { kind: inputs.source.kind, label: "hidden in a masked run" },
    instruments: renamed(inputs.instruments, (i, symbol) => {
      const f = factor(symbol);
      return {
        ...i,
        base: name(symbol).split("/")[0] as string,
        tickSize: times(i.tickSize, f.times),
        lotSize: times(i.lotSize, f.inverse),
        minQuantity: times(i.minQuantity, f.inverse),
        maxQuantity: times(i.maxQuantity, f.inverse),
      };
    }),
    windows: renamed(inputs.windows, (window, symbol) => {
      const f = factor(symbol);
      return window.map(([at, open, high, low, close, volume]) => [
        time(at),
        times(open, f.times),
        times(high, f.times),
        times(low, f.times),
        times(close, f.times),
        times(volume, f.inverse),
      ]);
    }),
    prices: renamed(inputs.prices, (p, symbol) => ({ price: times(p.price, factor(symbol).times), at: time(p.at) })),
    account: {
      ...inputs.account,
      positions: inputs.account.positions.map((p) => ({
        ...p,
        symbol: name(p.symbol),
        quantity: times(p.quantity, factor(p.symbol).inverse),
        averageEntry: times(p.averageEntry, factor(p.symbol).times),
      })),
      openOrders: inputs.account.openOrders.map((o) => ({
        ...o,
        symbol: name(o.symbol),
        quantity: times(o.quantity, factor(o.symbol).inverse),
        filledQuantity: times(o.filledQuantity, factor(o.symbol).inverse),
        limitPrice: o.limitPrice === null ? null : times(o.limitPrice, factor(o.symbol).times),
      })),
    },
    risk: { ...inputs.risk, workspaceNotional: renamed(inputs.risk.workspaceNotional, (text) => text) },
    ...(inputs.figures && { figures: maskFigures(inputs.figures, hand) }),
    // A goal's title names its day, and its text may name a market.
    ...(inputs.goals && {
      goals: {
        ...inputs.goals,
        gauges: inputs.goals.gauges.map((g) => ({
          ...g,
          title: `the ${g.kind} goal`,
          from: time(g.from),
          until: g.until === null ? null : time(g.until),
        })),
      },
    }),
  };
}

/** What people call assets besides their codes. */
const SPOKEN: Readonly<Record<string, readonly string[]>> = {
  BTC: ["bitcoin", "xbt"],
  ETH: ["ethereum", "ether"],
  SOL: ["solana"],
  XRP: ["ripple"],
  DOGE: ["dogecoin"],
  ADA: ["cardano"],
  AVAX: ["avalanche"],
  LINK: ["chainlink"],
  DOT: ["polkadot"],
  LTC: ["litecoin"],
  BNB: ["binance coin"],
  TRX: ["tron"],
  SHIB: ["shiba inu", "shiba"],
  PEPE: ["pepecoin"],
  UNI: ["uniswap"],
  ATOM: ["cosmos"],
};

/** The user's own words may name the assets as well: pairs, codes and common names are replaced. */
function hideNames(text: string, names: ReadonlyMap<string, string>): string {
  let hidden = text;
  for (const [symbol, name] of names) {
    const base = symbol.split("/")[0] as string;
    for (const word of [symbol, ...(SPOKEN[base] ?? []), base])
      hidden = hidden.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])${word.replaceAll(/[^\p{L}\p{N} ]/gu, "\\$&")}(?![\\p{L}\\p{N}])`, "giu"), () =>
        word === symbol ? name : (name.split("/")[0] as string),
      );
  }
  return hidden;
}
