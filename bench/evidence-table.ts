// npm run evidence -- --candles <folder> [--split 0.7]: every rule set with its defaults on every symbol of the folder, in sample and out of
// sample (split by time), its deflated Sharpe ratio and buy-and-hold beside each, as Markdown. Reads the folder, copies nothing.
import { CandleFilesFeed } from "@/server/adapters/market/candle-files-feed";
import { type AgentConfig, RULE_SETS } from "@/server/agents";
import { runBacktest, type SimulationEvent } from "@/server/backtest";
import { type FilledRecord, loadCloses, type RecordedFill, recordFromFills, recordStep, scoreRecord } from "@/server/evidence";
import { INTERVAL_MS } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { DomainError, fixed, toNumber, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES, instrumentFor } from "@/server/trading";

const HOUR = INTERVAL_MS["1h"];
/** The bar an agent has to pass to leave paper. */
const THRESHOLD = 0.95;
const CAPITAL = fixed("10000");
const FEE = fixed("0.001");
/** Hold never trades: it is the column beside each. */
const DECIDERS = RULE_SETS.filter((r) => r !== "hold");

type Part = { readonly record: FilledRecord; readonly trades: number; readonly gained: number; readonly held: number };
type Run = { readonly decider: string; readonly symbol: string; readonly parts: readonly [Part, Part] };

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const folder = option("candles");
const split = Number(option("split") ?? "0.7");
if (!folder || !(split > 0.1 && split < 0.9)) {
  console.error("usage: npm run evidence -- --candles <folder of candle files> [--split 0.7]");
  process.exit(2);
}

const feed = await CandleFilesFeed.open(folder, {});
const infos = feed.symbols().toSorted((a, b) => a.symbol.localeCompare(b.symbol));
const first = Math.max(...infos.map((i) => Math.ceil((i.firstTime ?? 0) / HOUR) * HOUR)) + HOUR;
const last = Math.min(...infos.map((i) => i.endTime ?? Number.POSITIVE_INFINITY));
const step = recordStep(HOUR, (last - first) * split);
const from = Math.ceil(first / step.stepMs) * step.stepMs;
const to = Math.floor(last / step.stepMs) * step.stepMs;
const cut = from + Math.round(((to - from) * split) / step.stepMs) * step.stepMs;

const runs: Run[] = [];
for (const ruleSet of DECIDERS) {
  for (const { symbol } of infos) {
    runs.push(await run(ruleSet, symbol));
    process.stderr.write(`\r${runs.length} of ${DECIDERS.length * infos.length} `);
  }
}
process.stderr.write("\n");

// Whoever reads this table can pick the best of its rows: all of them are trials.
const trials = runs.length;
const rated = ([0, 1] as const).map((part) => runs.map((r) => scoreOf(r.parts[part], trials, [])));
const known = rated.map((scores) => scores.flatMap((s) => (s ? [s.yearlySharpe] : [])));
const final = ([0, 1] as const).map((part) => runs.map((r) => scoreOf(r.parts[part], trials, known[part] ?? [])));
print();

async function run(ruleSet: (typeof DECIDERS)[number], symbol: string): Promise<Run> {
  const config: AgentConfig = {
    name: "evidence",
    symbols: [symbol],
    mode: "paper",
    trigger: { kind: "interval", interval: "1h" },
    barInterval: "1h",
    strategyText: "",
    decider: { kind: "rules", ruleSet, params: {} },
    limits: NO_LIMITS,
    dailyModelCap: ZERO,
    settleAfterMs: HOUR,
  };
  const instrument = instrumentFor(symbol, feed.seenPrices(symbol), { makerFee: FEE, takerFee: FEE });
  const fills: RecordedFill[] = [];
  const orders = new Map<string, number>();
  const equity: { at: number; equity: number }[] = [];
  const onEvent = (_symbol: string, event: SimulationEvent): void => {
    if (event.type === "equity") equity.push({ at: event.at, equity: toNumber(event.equity) });
    if (event.type !== "fill") return;
    const { side, quantity, price, fee, at } = event.execution;
    fills.push({ symbol, side, quantity: toNumber(quantity), price: toNumber(price), fee: toNumber(fee), at });
    orders.set(event.orderId, Math.min(at, orders.get(event.orderId) ?? at));
  };
  await runBacktest({
    feed,
    symbols: [symbol],
    config: () => config,
    instrument: () => instrument,
    capital: CAPITAL,
    currency: instrument.quote,
    from,
    to,
    build: "evidence",
    rules: DEFAULT_PAPER_RULES,
    onEvent,
  });
  const closes = await loadCloses(feed, symbol, step.interval, from, to);
  const part = (start: number, end: number): Part => {
    const opening = fills.filter((f) => f.at < start).reduce((sum, f) => sum + (f.side === "buy" ? f.quantity : -f.quantity), 0);
    const record = recordFromFills({
      from: start,
      to: end,
      stepMs: step.stepMs,
      opening: Math.abs(opening) < 1e-12 ? {} : { [symbol]: opening },
      fills: fills.filter((f) => f.at >= start && f.at < end),
      closes: { [symbol]: closes },
      equity: equity.filter((e) => e.at >= start - step.stepMs),
    });
    const priceAt = (t: number): number => closes.findLast((c) => c.at <= t)?.close ?? Number.NaN;
    return {
      record,
      trades: [...orders.values()].filter((at) => at >= start && at < end).length,
      gained: Array.from(record.result).reduce((x, r) => x * (1 + r), 1) - 1,
      held: (priceAt(end) / priceAt(start)) * (1 - toNumber(FEE)) - 1,
    };
  };
  return { decider: ruleSet, symbol, parts: [part(from, cut), part(cut, to)] };
}

function scoreOf(part: Part, trialCount: number, knownSharpes: readonly number[]) {
  try {
    if (part.record.symbols.length === 0) return null;
    return scoreRecord(part.record, { trials: trialCount, knownSharpes }, step.perYear, THRESHOLD);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

function print(): void {
  const day = (t: number): string => new Date(t).toISOString().slice(0, 10);
  const percent = (x: number): string => `${(x * 100).toFixed(1)} %`;
  const cells = (n: number, part: 0 | 1): string => {
    const { gained, held, trades } = (runs[n] as Run).parts[part];
    const score = final[part]?.[n];
    const said = score ? `${score.yearlySharpe.toFixed(2)} | ${score.probabilistic.toFixed(3)} | ${score.deflated.toFixed(3)}` : "– | – | –";
    return `${percent(gained)} | ${percent(held)} | ${trades} | ${said}`;
  };
  const luck = final.map((scores) => scores.find((s) => s)?.luck ?? 0);
  console.log(
    `Every rule set with its defaults on ${infos.length} symbols, ticks of 1 h, fee ${percent(toNumber(FEE))}, net of fees and half a spread. ` +
      `In sample ${day(from)} to ${day(cut)}, out of sample ${day(cut)} to ${day(to)}; periods of ${step.interval}. ` +
      `Sharpe ratios are of the excess over the exposure-matched hold, a year. Deflated by ${trials} trials: luck alone reaches ` +
      `${luck.map((x) => (x * Math.sqrt(step.perYear)).toFixed(2)).join(" in sample, ")} out of sample.\n`,
  );
  console.log("| decider | symbol | in: net | hold | trades | excess Sharpe | PSR | DSR | out: net | hold | trades | excess Sharpe | PSR | DSR |");
  console.log("| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
  for (const n of runs.keys()) console.log(`| ${runs[n]?.decider} | ${runs[n]?.symbol} | ${cells(n, 0)} | ${cells(n, 1)} |`);
  const passing = (part: 0 | 1): number => (final[part] ?? []).filter((s) => s && s.deflated >= THRESHOLD).length;
  const beating = (part: 0 | 1): number => runs.filter((r) => r.parts[part].gained > r.parts[part].held).length;
  console.log(
    `\nOf ${runs.length} pairs ${beating(0)} beat buy-and-hold in sample and ${beating(1)} out of sample; ` +
      `${passing(0)} reach a deflated Sharpe ratio of ${THRESHOLD} in sample and ${passing(1)} out of sample.`,
  );
}
