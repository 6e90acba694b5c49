import { fixed, fixedInt, mul, ONE, sub, toText } from "@/server/shared";
import { dayText } from "../goal-words";
import type { GoalKind, GoalPeriod, GoalUnit } from "../types";
import { type Amount, readAmounts } from "./amounts";
import { type Clause, clausesOf } from "./clauses";
import { lex, type Token } from "./lex";
import { readMarkets } from "./markets";
import type { Choice, PlainContext, ReadAfter, ReadGoal, Reading } from "./reading";
import { readTime } from "./time-phrases";
import { FILLER, rolesOf } from "./words";

/** `end` = the token after all that says it: its amount, or the period behind it. */
type Draft = { readonly kind: GoalKind; readonly amount: Amount; readonly period: GoalPeriod | null; readonly end: number };

/** Goals out of common English, without any model. Never guesses: what is open is asked, one question at a time. Pure. */
export function readSentence(sentence: string, context: PlainContext): Reading {
  const tokens = lex(sentence);
  const used = new Set<number>();
  const node = nodeIn(sentence, tokens, context, used);
  const time = readTime(tokens, context.now);
  const markets = readMarkets(tokens, context.symbols);
  for (const i of [...time.taken, ...markets.taken]) used.add(i);
  const { amounts, trouble } = readAmounts(tokens, used, context.currency);
  for (const a of amounts) for (let i = a.from; i < a.to; i++) used.add(i);
  const clauses = clausesOf(tokens, amounts, used);
  const ignored = (): readonly string[] => tokens.flatMap((t, i) => (used.has(i) || FILLER.has(t.text) ? [] : [t.raw]));
  const ask = (about: string, question: string, choices: readonly Choice[]): Reading => ({
    kind: "question",
    about,
    question,
    choices,
    ignored: ignored(),
  });
  const replaced = (from: number, to: number, text: string): string =>
    `${sentence.slice(0, from)}${text}${sentence.slice(to)}`.replaceAll(/\s+/g, " ").trim();

  const drafts: Draft[] = [];
  let after = NO_AFTER;
  let open: Reading | null = null;
  for (const clause of clauses) {
    const role = rolesOf(clause.words);
    for (const i of role.taken) used.add(clause.tokens[i] as number);
    if (role.after) {
      after = { ...after, ...role.after(clause.amounts) };
      continue;
    }
    const again = time.periods.find((p) => p.at >= clause.from && p.at < clause.to);
    const period = again?.period ?? null;
    if (role.kind === null && clause.amounts.length === 0) continue;
    const kind = role.kind ?? "profit";
    const amount = chosenAmount(clause, kind);
    if (!amount) {
      if (role.multiple !== null) drafts.push({ kind: "profit", amount: { value: role.multiple, unit: "percent", from: 0, to: 0 }, period, end: 0 });
      else if (role.asksAmount)
        open ??= askAmount(kind, (text) => replaced(tokens[clause.to - 1]?.end ?? 0, tokens[clause.to - 1]?.end ?? 0, text), ask);
      continue;
    }
    drafts.push({ kind, amount, period, end: Math.max(amount.to, (again?.at ?? 0) + 1) });
  }

  if (trouble)
    return ask(
      "number",
      `Is ${trouble.raw} ${words(trouble.choices[0])} or ${trouble.choices[1]}?`,
      trouble.choices.map((c) => ({ label: c, sentence: replaced(trouble.at, trouble.at + trouble.raw.length, c) })),
    );
  if (time.trouble) {
    const { raw, at, choices } = time.trouble;
    return ask(
      "date",
      `Which day is ${raw}?`,
      choices.map((c) => ({ label: c, sentence: replaced(at, at + raw.length, c) })),
    );
  }
  if (markets.unknown) {
    const { raw, start, end } = markets.unknown;
    const near = closest(raw, context.symbols);
    return ask(
      "market",
      `There is no market called ${raw} here. Which one is meant?`,
      near.map((s) => ({ label: s, sentence: replaced(start, end, s) })),
    );
  }
  if (open) return open;
  if (drafts.length === 0)
    return {
      kind: "nothing",
      message: 'No goal was found in that. Try "make 5 % on DOGE this month without ever losing more than 2 %".',
      ignored: ignored(),
    };

  const twice = drafts.find((d, i) => drafts.findIndex((e) => e.kind === d.kind && e.period === d.period) < i);
  if (twice) {
    const all = drafts.filter((d) => d.kind === twice.kind && d.period === twice.period);
    const span = (d: Draft): readonly [number, number] => [tokens[d.amount.from]?.start ?? 0, tokens[d.amount.to - 1]?.end ?? 0];
    const unit = all.find((d) => d.amount.unit !== null)?.amount.unit ?? null;
    const choices = all.map((d) => {
      const text = `${d.amount.value}${unit === "percent" ? " %" : unit === "quote" ? ` ${context.currency}` : ""}`;
      return { label: text, sentence: replaced(span(all[0] as Draft)[0], span(all.at(-1) as Draft)[1], text) };
    });
    return ask("amount", `Which of them: ${choices.map((c) => c.label).join(" or ")}?`, choices);
  }
  const goals: ReadGoal[] = [];
  for (const draft of drafts) {
    const read = toGoal(draft, time.deadline, context);
    if ("question" in read) {
      const end = read.about === "period" ? draft.end : draft.amount.to;
      const [from, to] = [tokens[draft.amount.from]?.start ?? 0, tokens[end - 1]?.end ?? 0];
      return ask(
        read.about,
        read.question,
        read.choices.map(([label, text]) => ({ label, sentence: text === null ? `${sentence.trim()} ${label}` : replaced(from, to, text) })),
      );
    }
    goals.push(read);
  }
  const chosen = node ?? context.nodeId ?? onlyOne(context, markets.symbols);
  if (chosen === null && context.nodes.length > 1)
    return ask(
      "wallet",
      "For which agent or wallet?",
      context.nodes.slice(0, 8).map((n) => ({ label: n.name, sentence: `${sentence.trim().replace(/[.!]+$/, "")} for "${n.name}"` })),
    );
  return { kind: "goals", goals, after, nodeId: chosen ?? context.nodes[0]?.id ?? null, symbols: markets.symbols, ignored: ignored() };
}

const NO_AFTER: ReadAfter = { after: "continue", raisePercent: null, collect: "none", collectPercent: null, closeFirst: false };

/** Of several amounts the one behind "to" or "into" ("turn 1000 into 1500"); else the first. */
function chosenAmount(clause: Clause, kind: GoalKind): Amount | null {
  if (kind === "balance" && clause.amounts.length > 1) return clause.amounts.at(-1) ?? null;
  return clause.amounts[0] ?? null;
}

type Question = { readonly about: string; readonly question: string; readonly choices: readonly (readonly [string, string | null])[] };

function toGoal({ kind, amount, period }: Draft, deadline: number | null, { currency }: PlainContext): ReadGoal | Question {
  const { value, unit } = amount;
  const goal = (k: GoalKind, u: GoalUnit, p: GoalPeriod | null = null): ReadGoal => ({ kind: k, unit: u, target: value, period: p, deadline });
  const either = (what: string): Question => ({
    about: "unit",
    question: `${what} ${value} %, or ${value} ${currency}?`,
    choices: [
      [`${value} %`, `${value} %`],
      [`${value} ${currency}`, `${value} ${currency}`],
    ],
  });
  if (unit === "times")
    return { kind: "profit", unit: "percent", target: toText(mul(sub(fixed(value), ONE), fixedInt(100), "half-even")), period: null, deadline };
  switch (kind) {
    case "drawdown":
      if (unit === "quote")
        return {
          about: "unit",
          question: `A drawdown ceiling is a share of the highest value. Which one, instead of ${value} ${currency}?`,
          choices: ["1", "2", "5", "10"].map((x) => [`${x} %`, `${x} %`] as const),
        };
      if (period)
        return {
          about: "period",
          question: `A drawdown ceiling holds all the time, not a ${period} at a time. Never below ${value} % under the highest value?`,
          choices: [[`${value} % in all`, `${value} %`]],
        };
      return goal("drawdown", "percent");
    case "win-rate":
      return goal("win-rate", "percent");
    case "sharpe":
      return goal("sharpe", "ratio");
    case "volume":
      return goal("volume", "quote");
    case "balance":
      // "reach 5 %" is a profit, "reach 5000" an amount of money.
      return unit === "percent" ? goal("profit", "percent") : goal("balance", "quote");
    case "income":
      if (unit === "percent") return goal("return", "percent", period ?? "week");
      return period
        ? goal("income", "quote", period)
        : {
            about: "period",
            question: `${value} ${currency} a day, a week or a month?`,
            choices: [
              ["a day", null],
              ["a week", null],
              ["a month", null],
            ],
          };
    default:
      if (unit === null) return either("Is it");
      if (period) return unit === "percent" ? goal("return", "percent", period) : goal("income", "quote", period);
      return goal("profit", unit);
  }
}

/** `say` puts words behind the clause that lacks its amount. */
function askAmount(
  kind: GoalKind,
  say: (text: string) => string,
  ask: (about: string, question: string, choices: readonly Choice[]) => Reading,
): Reading {
  const choices = (lead: string, labels: readonly string[]): readonly Choice[] =>
    labels.map((label) => ({ label, sentence: say(` ${lead}${label}`) }));
  if (kind === "drawdown") return ask("amount", "How far may it fall from its highest value?", choices("more than ", ["1 %", "2 %", "5 %", "10 %"]));
  if (kind === "win-rate") return ask("amount", "Which win rate?", choices("of ", ["50 %", "55 %", "60 %"]));
  if (kind === "sharpe") return ask("amount", "Which Sharpe ratio (a year)?", choices("of ", ["1", "1.5", "2"]));
  if (kind === "volume" || kind === "balance" || kind === "income")
    return ask("amount", "How much?", choices("of ", kind === "income" ? ["50 USDT a week", "100 USDT a week"] : ["1000", "5000", "10000"]));
  return ask("amount", "How much, and by when?", choices("", ["2 % this week", "5 % this month", "10 % this month"]));
}

/** A wallet whose name is in the sentence; the longest one when names contain each other. */
function nodeIn(sentence: string, tokens: readonly Token[], { nodes }: PlainContext, used: Set<number>): string | null {
  const lower = sentence.toLowerCase();
  const found = [...nodes]
    .sort((a, b) => b.name.length - a.name.length)
    .flatMap((n) => {
      const at = lower.search(new RegExp(`(?<![\\p{L}\\p{N}])${n.name.toLowerCase().replaceAll(/[^\p{L}\p{N} ]/gu, "\\$&")}(?![\\p{L}\\p{N}])`, "u"));
      return at < 0 ? [] : [{ id: n.id, from: at, to: at + n.name.length }];
    })[0];
  if (!found) return null;
  for (const [i, t] of tokens.entries()) if (t.start >= found.from && t.end <= found.to) used.add(i);
  return found.id;
}

/** The one agent that trades what is named; else the only wallet there is. */
function onlyOne({ nodes }: PlainContext, symbols: readonly string[]): string | null {
  const trading = symbols.length === 0 ? [] : nodes.filter((n) => n.kind === "agent" && symbols.every((s) => n.symbols.includes(s)));
  return trading.length === 1 ? (trading[0]?.id ?? null) : null;
}

function closest(raw: string, symbols: readonly string[]): readonly string[] {
  const like = symbols.filter((s) => s.startsWith(raw.slice(0, 2)) || s.includes(raw.slice(0, 3)));
  return [...like, ...symbols.filter((s) => !like.includes(s))].slice(0, 4);
}

const words = (n: string): string => (Number(n) >= 1000 ? Number(n).toLocaleString("en-US").replaceAll(",", " ") : n);

/** "5 % profit by 2026-03-31": for logs and tests. */
export const readGoalText = (g: ReadGoal): string =>
  `${g.kind} ${g.target} ${g.unit}${g.period ? ` a ${g.period}` : ""}${g.deadline === null ? "" : ` until ${dayText(g.deadline)}`}`;
