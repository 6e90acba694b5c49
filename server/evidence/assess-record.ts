import { DomainError } from "@/server/shared";
import { type EquityBand, equityBand } from "./block-bootstrap";
import { evidenceWords } from "./evidence-words";
import { evaluateGate, type GateRules, type GateVerdict } from "./live-gate";
import type { FilledRecord } from "./record-from-fills";
import type { RecordStep } from "./record-step";
import { FEWEST_PERIODS, type RecordScore, scoreRecord } from "./score-record";
import type { TrialTally } from "./trial-register";

/** Why a figure is not there: a code, and what is missing in words. */
export type Refusal = { readonly code: string; readonly message: string };

export type RecordAssessment = {
  readonly score: RecordScore | null;
  /** Why there is no score. */
  readonly refusal: Refusal | null;
  /** Days of the record. */
  readonly days: number;
  readonly words: ReturnType<typeof evidenceWords>;
  readonly gate: GateVerdict;
  /** Where equity could have gone with such returns in another order; null when there are too few. */
  readonly band: EquityBand | null;
};

const DAY_MS = 86_400_000;
/** Of the band: nine in ten paths stay inside. */
export const BAND = { level: 0.9, paths: 300, seed: 20_140_331 } as const;

/** Everything that is said about a record. `record` may be a refusal of its own: then nothing can be scored, and the gate says why. */
export function assessRecord(
  record: FilledRecord | Refusal,
  tally: TrialTally,
  trades: number,
  rules: GateRules,
  step: Pick<RecordStep, "stepMs" | "perYear" | "finestMs">,
): RecordAssessment {
  if (!("result" in record))
    return {
      score: null,
      refusal: record,
      days: 0,
      words: evidenceWords(null, 0),
      gate: evaluateGate(rules, { trades, deflated: record }),
      band: null,
    };
  const days = (record.result.length * step.stepMs) / DAY_MS;
  // From its hundredth period on it could have been looked at; those were the finest ones then.
  const elapsed = Math.max(1, (record.result.length * step.stepMs) / (FEWEST_PERIODS * step.finestMs));
  let score: RecordScore | null = null;
  let refusal: Refusal | null = null;
  try {
    if (record.symbols.length === 0) throw new DomainError("NEVER_TRADED", "it has held nothing yet, so there is nothing to compare with a hold");
    score = scoreRecord(record, tally, step.perYear, rules.minDeflatedSharpe, elapsed);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    refusal = { code: error.code, message: error.message };
  }
  return {
    score,
    refusal,
    days,
    words: evidenceWords(score?.deflated ?? null, days, score?.anyTime),
    gate: evaluateGate(rules, { trades, deflated: score?.anyTime ?? (refusal as Refusal) }),
    band:
      record.result.length >= FEWEST_PERIODS && record.symbols.length > 0
        ? equityBand(record.result, BAND.level, { kind: "stationary", ...BAND })
        : null,
  };
}
