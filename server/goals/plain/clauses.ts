import type { Amount } from "./amounts";
import type { Token } from "./lex";

/** A part of a sentence between "and", "but", "without" and the like. `tokens` = places of its words, `from` and `to` in the sentence. */
export type Clause = {
  readonly from: number;
  readonly to: number;
  readonly tokens: readonly number[];
  readonly words: readonly string[];
  readonly amounts: readonly Amount[];
};

const BREAKS = new Set(["and", "but", "while", "then", "without", "or", ",", ";", "with", "also", "whilst", "plus", "when", "once", "after"]);

/** The words of each clause that are no amount, time, market or name (`used`), and its amounts. A clause begins with the word that opens it. */
export function clausesOf(tokens: readonly Token[], amounts: readonly Amount[], used: ReadonlySet<number>): readonly Clause[] {
  const starts = [0, ...tokens.flatMap((t, i) => (i > 0 && BREAKS.has(t.text) && !used.has(i) ? [i] : []))];
  return starts.map((from, n) => {
    const to = starts[n + 1] ?? tokens.length;
    const own = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => !used.has(i));
    return { from, to, tokens: own, words: own.map((i) => tokens[i]?.text ?? ""), amounts: amounts.filter((a) => a.from >= from && a.from < to) };
  });
}
