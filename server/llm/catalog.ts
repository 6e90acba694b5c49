import { DomainError, type Fixed, fixed } from "@/server/shared";
import type { ModelId, ModelInfo } from "./types";

const claude = (
  id: ModelId,
  label: string,
  input: string,
  output: string,
  contextTokens: number,
  maxOutputTokens: number,
  toolChoice: ModelInfo["toolChoice"],
  trainedUntil: readonly [year: number, month: number] | null,
): ModelInfo => ({
  id,
  provider: "anthropic",
  label,
  inputPerMTok: fixed(input),
  outputPerMTok: fixed(output),
  contextTokens,
  maxOutputTokens,
  toolChoice,
  thinksByDefault: toolChoice === "auto",
  // Date.UTC counts months from 0: this is the first instant of the month after.
  trainingCutoff: trainedUntil && Date.UTC(trainedUntil[0], trainedUntil[1], 1),
});

/**
 * Models an agent can be given, cheapest generation first. List prices of November 2026, USD per million tokens. Training cut-offs are those of the
 * provider's models overview (platform.claude.com/docs/en/models), November 2026: "knowledge cutoff" June 2026 for the 5.5 models and
 * Fable 5.1, "training data cutoff" July 2025 for Haiku 4.5 and January 2026 for Sonnet 4.6. Months count to their end.
 */
export const MODEL_CATALOG: readonly ModelInfo[] = [
  {
    ...claude("claude-haiku-5-5", "Claude Haiku 5.5", "0.1", "0.5", 1_000_000, 128_000, "forced", [2026, 6]),
    thinksByDefault: true,
    long: { above: 100_000, inputPerMTok: fixed("0.5"), outputPerMTok: fixed("2.5") },
  },
  claude("claude-sonnet-5-5", "Claude Sonnet 5.5", "2", "10", 1_000_000, 128_000, "auto", [2026, 6]),
  claude("claude-opus-5-5", "Claude Opus 5.5", "4", "20", 1_000_000, 128_000, "auto", [2026, 6]),
  claude("claude-fable-5-1", "Claude Fable 5.1", "10", "50", 1_000_000, 128_000, "auto", [2026, 6]),
  claude("claude-haiku-4-5", "Claude Haiku 4.5", "1", "5", 200_000, 64_000, "forced", [2025, 7]),
  claude("claude-sonnet-4-6", "Claude Sonnet 4.6", "3", "15", 1_000_000, 64_000, "forced", [2026, 1]),
];

/** Throws UNKNOWN_MODEL: a model without a price cannot be kept under a cap. */
export function modelInfo(id: ModelId): ModelInfo {
  const found = MODEL_CATALOG.find((m) => m.id === id);
  if (!found) throw new DomainError("UNKNOWN_MODEL", `there is no model called "${id.slice(0, 80)}"`, { field: "decider.model" });
  return found;
}

/** Prices that apply to a request of so many input tokens. */
export const pricesFor = (model: ModelInfo, inputTokens: number): { inputPerMTok: Fixed; outputPerMTok: Fixed } =>
  model.long && inputTokens > model.long.above ? model.long : model;
