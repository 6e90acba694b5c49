import { formatDecimal, formatPercent } from "@/components/format/decimal-text";
import { utcDate } from "@/components/format/time-text";
import type { EvidenceView } from "@/server/api/contract";

/** A fraction as percent; one that is all but 1 is never shown as 100 %, nor one that is above 0 as 0 %. */
export function sure(x: number, decimals = 1): string {
  const least = 10 ** -decimals / 100;
  if (x > 1 - least / 2 && x < 1) return `over ${formatPercent((1 - least).toFixed(8), decimals)}`;
  if (x > 0 && x < least / 2) return `under ${formatPercent(least.toFixed(8), decimals)}`;
  return formatPercent(x.toFixed(8), decimals);
}

/** A ratio with two decimals and a real minus. */
export const ratio = (x: number, decimals = 2): string => formatDecimal(x.toFixed(decimals), decimals);

/** The answer, in one sentence or two. */
export function headline(e: EvidenceView): string {
  const { score, gate, sample } = e;
  if (!score) return `Not enough data: ${e.refusal?.message ?? "nothing can be said yet"}.`;
  const needs = gate.conditions.find((c) => c.id === "deflated-sharpe")?.needs ?? 0.95;
  const tried =
    e.trials === 1
      ? "This is the only configuration that was tried, so nothing was picked."
      : `This is one of ${e.trials} tried configurations. With no skill at all, the best of ${e.trials} would still show a Sharpe ratio of about ${ratio(score.luckYearlySharpe)} a year.`;
  const short = sample && sample.days < 30 ? " It is a record of less than 30 days: too short for a word on skill." : "";
  return `${tried} This one shows ${ratio(score.yearlySharpe)}. So it is more than luck with a probability of ${sure(score.deflated)}, and of ${sure(score.anyTime)} when every look at it counts; going live asks for ${formatPercent(String(needs), 0)} of the latter.${short}`;
}

/** From when on the record counts, and why. */
export function sampleText(e: EvidenceView): string {
  const { sample } = e;
  if (!sample) return "No decision with this configuration yet.";
  const span = `${utcDate(sample.from)} to ${utcDate(sample.to)}, market time`;
  if (sample.because === "training-cutoff") return `${span}: only what came after the model's training ended.`;
  if (sample.because === "unknown-cutoff")
    return `${span}: when the model's training ended is not published, so only what came after this configuration was made counts.`;
  const versions = e.versions.length > 1 ? `versions ${e.versions[0]} to ${e.versions.at(-1)}, which decide alike` : `version ${e.configVersion}`;
  return `${span}: all that ${versions} decided since it was made.`;
}

const SOURCES: Readonly<Record<EvidenceView["trialSources"][number]["source"], readonly [string, string]>> = {
  "own-versions": ["version of this agent", "versions of this agent"],
  "other-agents": ["of other agents here", "of other agents here"],
  backtests: ["backtest", "backtests"],
  sweeps: ["point of a sweep", "points of sweeps"],
};

/** Where the trials come from: "3 versions of this agent, 2 backtests". */
export const trialsText = (e: EvidenceView): string =>
  e.trialSources
    .filter((s) => s.count > 0)
    .map((s) => `${s.count} ${SOURCES[s.source][s.count === 1 ? 0 : 1]}`)
    .join(", ");

/** What the record's length is against what it would take. */
export function lengthText(e: EvidenceView): string {
  const { score } = e;
  if (!score) return "not known yet";
  if (score.daysNeeded === null) return "no length would do: it is not above luck";
  return `of ${days(score.daysNeeded)} that this ratio would need`;
}

/** "12 days", "0.5 days", "1 day". */
export const days = (n: number): string => {
  const text = n < 10 ? String(Math.round(n * 10) / 10) : String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${text} ${text === "1" ? "day" : "days"}`;
};

/** How many of the five marks a word is worth. */
export const marksOf = (words: string): number =>
  ["no evidence", "cannot tell", "too early to say", "more likely skill than luck", "likely better than luck", "proven enough to go live"].indexOf(
    words,
  );
