import { fixed, fixedInt, mul, toText } from "@/server/shared";
import { readNumber, type Token } from "./lex";

/** A number with what it counts. `from` and `to` are the tokens it takes (to is after the last one). */
export type Amount = { readonly value: string; readonly unit: "percent" | "quote" | "times" | null; readonly from: number; readonly to: number };
export type AmountTrouble = { readonly raw: string; readonly choices: readonly [string, string]; readonly at: number };

const MAGNITUDES: Readonly<Record<string, number>> = { k: 1000, thousand: 1000, grand: 1000, m: 1_000_000, mio: 1_000_000, million: 1_000_000 };
const PERCENT = new Set(["%", "percent", "pct", "per-cent", "percents"]);
const SIGNS = new Set(["$", "€", "£"]);
/** Money by name. What the tree is kept in is always among them. */
const MONEY = new Set(["usdt", "usd", "usdc", "dollar", "dollars", "buck", "bucks", "eur", "euro", "euros", "tether"]);
const SMALL: Readonly<Record<string, string>> = {
  one: "1",
  two: "2",
  three: "3",
  four: "4",
  five: "5",
  six: "6",
  seven: "7",
  eight: "8",
  nine: "9",
  ten: "10",
  twelve: "12",
  fifteen: "15",
  twenty: "20",
  thirty: "30",
  fifty: "50",
  hundred: "100",
};

/** All numbers of a sentence with their units, in order; and the first one that can be read in two ways. Tokens in `taken` (dates) are passed over. */
export function readAmounts(
  tokens: readonly Token[],
  taken: ReadonlySet<number>,
  currency: string,
): { readonly amounts: readonly Amount[]; readonly trouble: AmountTrouble | null } {
  const amounts: Amount[] = [];
  let trouble: AmountTrouble | null = null;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (taken.has(i)) continue;
    const spelt = SMALL[token.text];
    const after = tokens[i + 1]?.text ?? "";
    // "five percent", but not "one of": spelt numbers only count with a unit behind them.
    if (token.number === null && !(spelt && (PERCENT.has(after) || isMoney(after, currency) || after in MAGNITUDES))) continue;
    const reading = token.number === null ? { ok: true as const, value: spelt as string } : readNumber(token.number);
    if (reading === null) continue;
    if (!reading.ok) {
      trouble ??= { raw: token.raw, choices: reading.choices, at: token.start };
      continue;
    }
    let [to, value]: [number, string] = [i + 1, reading.value];
    const magnitude = MAGNITUDES[tokens[to]?.text ?? ""];
    // "5 m" is five million only right behind the number; "5 months" is another word anyway.
    if (magnitude !== undefined && value.length <= 12 && (tokens[to]?.text !== "m" || tokens[to]?.start === token.end)) {
      value = toText(mul(fixed(value), fixedInt(magnitude), "half-even"));
      to++;
    }
    const sign = tokens[i - 1];
    const unitToken = tokens[to]?.text ?? "";
    if (PERCENT.has(unitToken)) amounts.push({ value, unit: "percent", from: i, to: to + 1 });
    else if (unitToken === "per" && tokens[to + 1]?.text === "cent") amounts.push({ value, unit: "percent", from: i, to: to + 2 });
    else if (sign && SIGNS.has(sign.text) && !taken.has(i - 1))
      amounts.push({ value, unit: "quote", from: i - 1, to: isMoney(unitToken, currency) ? to + 1 : to });
    else if (isMoney(unitToken, currency) || SIGNS.has(unitToken)) amounts.push({ value, unit: "quote", from: i, to: to + 1 });
    else if (unitToken === "x" || unitToken === "times") amounts.push({ value, unit: "times", from: i, to: to + 1 });
    else amounts.push({ value, unit: magnitude === undefined ? null : "quote", from: i, to });
    i = (amounts.at(-1)?.to ?? to) - 1;
  }
  return { amounts, trouble };
}

const isMoney = (text: string, currency: string): boolean => MONEY.has(text) || (text !== "" && text === currency.toLowerCase());
