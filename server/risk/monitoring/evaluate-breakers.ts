import { div, type Fixed, fixed, toText } from "@/server/shared";
import type { TradingState } from "../types";
import { breakerWords } from "./breaker-words";
import { MITIGATION_STEPS, type MitigationStep } from "./breakers";
import type { BreakerAnswer, BreakerInputs, BreakerReading, BreakerState } from "./types";

/** Multiples of the threshold from which reducing is not waited for. */
export const HALT_AT = fixed("1.5");
export const FLATTEN_AT = fixed("2");

const rank = (step: MitigationStep | null): number => (step === null ? -1 : MITIGATION_STEPS.indexOf(step));
const STRICTNESS: Readonly<Record<TradingState, number>> = { active: 0, reducing: 1, halted: 2 };
/** What a step leaves the trading state at. */
const stateAfter = (step: MitigationStep | null): TradingState => (rank(step) < 1 ? "active" : step === "reduce" ? "reducing" : "halted");

/**
 * What the breakers of one subject do now. A breach begins at the step its size calls for (from 1× the threshold reduce, from 1.5× halt, from 2×
 * flatten), goes one step further each time its cool-down ends while it lasts, and never beyond the setting's `upTo`. What has been done is not
 * done again. Once a person lets trading go on, the breaker is reset and only tells until its cool-down has passed. Pure: the same inputs
 * always give the same answers, which is how a decision is replayed. Throws INVALID_DECIMAL on figures that are no numbers.
 */
export const evaluateBreakers = (inputs: BreakerInputs): readonly BreakerAnswer[] => inputs.readings.map((reading) => answer(inputs, reading));

function answer(inputs: BreakerInputs, reading: BreakerReading): BreakerAnswer {
  const { kind, setting, figure } = reading;
  const state = resumed(inputs, reading.state);
  const base = { kind, ratio: null, steps: [], next: state, waitsUntil: null } as const;
  if (!setting.enabled) return { ...base, status: "off", reason: "switched off" };
  if (figure.value === null) return { ...base, status: "unknown", reason: figure.note ?? "not known" };
  const value = fixed(figure.value);
  const threshold = fixed(setting.threshold);
  const ratio = div(value, threshold, "half-even");
  const reason = breakerWords(kind, figure, setting);
  const known = { ...base, ratio: toText(ratio), reason };
  const coolUntil = state.resetAt === null ? null : state.resetAt + setting.coolDownMs;
  const cooling = coolUntil !== null && inputs.at < coolUntil;
  if (value < threshold) return { ...known, status: cooling ? "cooling" : "clear", waitsUntil: cooling ? coolUntil : null };
  if (cooling) return { ...known, status: "cooling", waitsUntil: coolUntil };
  const target = targetOf(inputs.at, setting.coolDownMs, ratio, state);
  const step = rank(target) > rank(setting.upTo) ? setting.upTo : target;
  const steps = MITIGATION_STEPS.filter((s) => rank(s) > Math.max(0, rank(state.step)) && rank(s) <= rank(step) && changes(inputs, s));
  const last = steps.at(-1);
  const waitsUntil = state.actedAt === null || rank(state.step) >= rank(setting.upTo) ? null : state.actedAt + setting.coolDownMs;
  return last === undefined
    ? { ...known, status: "breached", waitsUntil }
    : { ...known, status: "breached", steps, next: { step: last, actedAt: inputs.at, resetAt: state.resetAt } };
}

/** A person has let trading go on since: from now on the breaker counts anew. */
function resumed(inputs: BreakerInputs, state: BreakerState): BreakerState {
  const goesOn = STRICTNESS[inputs.tradingState] < STRICTNESS[stateAfter(state.step)];
  return goesOn ? { step: null, actedAt: null, resetAt: inputs.at } : state;
}

function targetOf(at: number, coolDownMs: number, ratio: Fixed, state: BreakerState): MitigationStep {
  const bySize: MitigationStep = ratio >= FLATTEN_AT ? "flatten" : ratio >= HALT_AT ? "halt" : "reduce";
  if (state.step === null || state.actedAt === null || rank(bySize) > rank(state.step)) return bySize;
  const further = MITIGATION_STEPS[rank(state.step) + 1] ?? state.step;
  return at >= state.actedAt + coolDownMs ? further : state.step;
}

/** Whether a step would change anything: what a person or another breaker has stopped is stopped. */
function changes({ tradingState, holds }: BreakerInputs, step: MitigationStep): boolean {
  if (step === "flatten") return holds || tradingState !== "halted";
  return STRICTNESS[tradingState] < STRICTNESS[stateAfter(step)];
}
