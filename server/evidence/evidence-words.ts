/** What a deflated Sharpe ratio says, in the words used on every screen. Under 30 days of record nothing is said. */
export const EVIDENCE_WORDS = [
  { below: 0.2, words: "no evidence" },
  { below: 0.5, words: "cannot tell" },
  { below: 0.7, words: "too early to say" },
  { below: 0.9, words: "more likely skill than luck" },
  { below: 0.95, words: "likely better than luck" },
  { below: Number.POSITIVE_INFINITY, words: "proven enough to go live" },
] as const;

const FEWEST_DAYS = 30;
const PROVEN = 0.95;

/**
 * `deflated` from 0 to 1, null when it cannot be computed; `days` of record. `anyTime`: the same when every look counts, which the highest word
 * asks for, as the gate does.
 */
export function evidenceWords(deflated: number | null, days: number, anyTime = deflated): (typeof EVIDENCE_WORDS)[number]["words"] {
  if (deflated === null || !(days >= FEWEST_DAYS)) return "no evidence";
  if (deflated >= PROVEN && (anyTime ?? 0) < PROVEN) return "likely better than luck";
  return EVIDENCE_WORDS.find((w) => deflated < w.below)?.words ?? "no evidence";
}
