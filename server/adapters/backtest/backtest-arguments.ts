import { parseRuleParams, RULE_CATALOG, RULE_SETS, type RuleSetName } from "@/server/agents";
import { ENGINES, type EngineName } from "@/server/backtest";
import { INTERVALS, type Interval, type SymbolId } from "@/server/market";
import { DomainError, type Fixed, fixed } from "@/server/shared";
import { splitSymbol } from "@/server/trading";

export type BacktestArguments = {
  readonly help: boolean;
  readonly engine: EngineName;
  readonly candles: string;
  readonly symbols: readonly SymbolId[];
  readonly ruleSet: RuleSetName;
  readonly params: Readonly<Record<string, number>>;
  readonly capital: Fixed;
  /** null = each file's own step. */
  readonly interval: Interval | null;
  /** ms; null = as far as the files go. */
  readonly from: number | null;
  readonly to: number | null;
  readonly makerFee: Fixed;
  readonly takerFee: Fixed;
  readonly halfSpread: Fixed;
  readonly json: string | null;
  readonly skipBadRows: boolean;
};

const DEFAULTS = {
  engine: "audited",
  decider: "rules",
  "rule-set": "trend-follow",
  params: "",
  capital: "10000",
  "maker-fee": "0.001",
  "taker-fee": "0.001",
  slippage: "0.0001",
} as const;

export const BACKTEST_USAGE = `npm run backtest -- --candles DIR --symbols BTC/USDT,DOGE/USDT [options]
  --candles DIR      folder of <venue>_<BASE><QUOTE>_<step>.csv or .csv.gz (timestamp_ms,open,high,low,close,volume)
  --symbols LIST     comma separated; the capital is split equally over them
  --engine NAME      audited (records, journal, ledger), event, array: identical trades, other speeds
                                                                     (default ${DEFAULTS.engine})
  --decider rules    only rules run without a model                  (default rules)
  --rule-set NAME    ${RULE_SETS.join(", ")}     (default ${DEFAULTS["rule-set"]})
  --params LIST      name=number, comma separated; see below for each set's own
  --capital N        in quote currency                               (default ${DEFAULTS.capital})
  --interval STEP    ${INTERVALS.join(", ")}                    (default the files' own)
  --from, --to TIME  2025-01-31, an ISO time, or ms since 1970 (UTC) (default all of the files)
  --maker-fee, --taker-fee F   fractions                             (default ${DEFAULTS["maker-fee"]} each)
  --slippage F       half spread of market orders, a fraction        (default ${DEFAULTS.slippage})
  --skip-bad-rows    leave rows out that cannot be read (reported), instead of refusing the file
  --json FILE        write the whole result there (audited engine)
${RULE_CATALOG.filter((r) => r.params.length > 0)
  .map((r) => `  ${r.id}: ${r.params.map((p) => `${p.name}=${p.default}`).join(",")}`)
  .join("\n")}`;

const VALUED = [
  "engine",
  "candles",
  "symbols",
  "decider",
  "rule-set",
  "params",
  "capital",
  "interval",
  "from",
  "to",
  "maker-fee",
  "taker-fee",
  "slippage",
  "json",
] as const;
type Valued = (typeof VALUED)[number];

const invalid = (field: string, message: string, code = "INVALID_ARGUMENT"): DomainError =>
  new DomainError(code, `--${field}: ${message}`, { field });

/** Reads the command line. Throws UNKNOWN_OPTION, MISSING_OPTION, INVALID_ARGUMENT and the rule catalog's errors, naming the option. */
export function parseBacktestArguments(argv: readonly string[]): BacktestArguments {
  const given = new Map<Valued, string>();
  let [help, skipBadRows] = [false, false];
  for (let i = 0; i < argv.length; i++) {
    const [name, inline] = splitOption(argv[i] as string);
    if (name === "help") help = true;
    else if (name === "skip-bad-rows" && inline === null) skipBadRows = true;
    else if (VALUED.includes(name as Valued)) {
      const value = inline ?? argv[++i];
      if (value === undefined || (inline === null && value.startsWith("--"))) throw invalid(name, "a value is missing", "MISSING_OPTION");
      if (given.has(name as Valued)) throw invalid(name, "given twice");
      given.set(name as Valued, value);
    } else throw new DomainError("UNKNOWN_OPTION", `there is no option "${(argv[i] as string).slice(0, 60)}"`, { field: name });
  }
  const text = (name: keyof typeof DEFAULTS): string => given.get(name) ?? DEFAULTS[name];
  const required = (name: Valued): string => {
    const value = given.get(name);
    if (!value && !help) throw invalid(name, "is needed", "MISSING_OPTION");
    return value ?? "";
  };
  if (text("decider") !== "rules") throw invalid("decider", `"${text("decider").slice(0, 40)}" cannot run here; rules can`, "UNKNOWN_DECIDER");
  const engine = ENGINES.find((x) => x === text("engine"));
  if (!engine) throw invalid("engine", `there is no "${text("engine").slice(0, 40)}"; there are ${ENGINES.join(", ")}`, "UNKNOWN_ENGINE");
  if (engine !== "audited" && given.has("json")) throw invalid("json", "only the audited engine keeps the decisions that it is made of");
  const ruleSet = RULE_SETS.find((r) => r === text("rule-set"));
  if (!ruleSet) throw invalid("rule-set", `there is no "${text("rule-set").slice(0, 40)}"; there are ${RULE_SETS.join(", ")}`, "UNKNOWN_RULE_SET");
  const [from, to] = [timeOf("from", given.get("from")), timeOf("to", given.get("to"))];
  if (from !== null && to !== null && to <= from) throw invalid("to", "must be after --from");
  const rate = (name: "maker-fee" | "taker-fee" | "slippage") => decimal(name, text(name), { least: "0", most: "0.1" });
  return {
    help,
    engine,
    candles: required("candles"),
    symbols: symbolsOf(required("symbols"), help),
    ruleSet,
    params: parseRuleParams(ruleSet, paramsOf(text("params"))),
    capital: decimal("capital", text("capital"), { least: "1", most: "1000000000000" }),
    interval: intervalOf(given.get("interval")),
    from,
    to,
    makerFee: rate("maker-fee"),
    takerFee: rate("taker-fee"),
    halfSpread: rate("slippage"),
    json: given.get("json") ?? null,
    skipBadRows,
  };
}

function splitOption(arg: string): readonly [string, string | null] {
  const m = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg);
  if (!m) throw new DomainError("UNKNOWN_OPTION", `"${arg.slice(0, 60)}" is not an option`, { field: arg.slice(0, 60) });
  return [m[1] as string, m[2] ?? null];
}

function symbolsOf(list: string, help: boolean): readonly SymbolId[] {
  if (help) return [];
  const symbols = list.split(",").map((s) => s.trim().toUpperCase());
  const quotes = new Set(symbols.map((s) => splitSymbol(s).quote));
  if (new Set(symbols).size < symbols.length) throw invalid("symbols", "a symbol is named twice");
  if (quotes.size > 1) throw invalid("symbols", `one quote currency at a time, not ${[...quotes].join(" and ")}`);
  return symbols;
}

function paramsOf(list: string): Record<string, number> {
  const params: Record<string, number> = {};
  for (const pair of list.split(",").filter((p) => p !== "")) {
    const m = /^([A-Za-z]+)=(-?\d+(?:\.\d+)?)$/.exec(pair.trim());
    if (!m) throw invalid("params", `"${pair.slice(0, 40)}" is not name=number`);
    params[m[1] as string] = Number(m[2]);
  }
  return params;
}

function decimal(field: string, text: string, bounds: { readonly least: string; readonly most: string }): Fixed {
  let value: Fixed;
  try {
    value = fixed(text);
  } catch {
    throw invalid(field, `"${text.slice(0, 40)}" is not a plain decimal number`);
  }
  if (value < fixed(bounds.least) || value > fixed(bounds.most)) throw invalid(field, `must lie between ${bounds.least} and ${bounds.most}`);
  return value;
}

function intervalOf(text: string | undefined): Interval | null {
  if (text === undefined) return null;
  const interval = INTERVALS.find((i) => i === text);
  if (!interval) throw invalid("interval", `there is no "${text.slice(0, 20)}"; there are ${INTERVALS.join(", ")}`);
  return interval;
}

function timeOf(field: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d{12,14}$/.test(text)
    ? Number(text)
    : /^\d{4}-\d{2}-\d{2}(T[0-9:.]+Z?)?$/.test(text)
      ? Date.parse(text.includes("T") && !text.endsWith("Z") ? `${text}Z` : text)
      : Number.NaN;
  if (!Number.isFinite(ms)) throw invalid(field, `"${text.slice(0, 40)}" is not a time like 2025-01-31`);
  return ms;
}
