import { figureText } from "./breaker-words";
import type { BreakerKind } from "./breakers";
import type { AlertDraft, CheckedSubject } from "./ports";
import type { BreakerAnswer } from "./types";

const TITLES: Readonly<Record<BreakerKind, string>> = {
  drawdown: "Drawdown",
  volatility: "Volatility",
  "venue-divergence": "Venues disagree",
  "stale-data": "Stale prices",
  "model-failures": "The model fails",
};

/** What people are told of a breach. */
export function alertOf(subject: CheckedSubject, answer: BreakerAnswer): AlertDraft {
  const reading = subject.inputs.readings.find((r) => r.kind === answer.kind);
  const done = answer.next.step;
  return {
    key: `${subject.inputs.subject.id}:${answer.kind}`,
    agentId: subject.agent?.agentId ?? null,
    kind: answer.kind,
    severity: done === "halt" || done === "flatten" ? "critical" : "warning",
    title: `${TITLES[answer.kind]}: ${subject.agent?.name ?? "the workspace"}`,
    text: `${answer.reason}.`,
    figures: {
      ...(reading?.figure.value == null ? {} : { value: figureText(answer.kind, reading.figure.value) }),
      ...(reading ? { threshold: figureText(answer.kind, reading.setting.threshold) } : {}),
      step: done ?? "none",
    },
  };
}
