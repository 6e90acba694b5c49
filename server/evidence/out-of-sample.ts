import type { AgentConfig } from "@/server/agents";
import { modelInfo } from "@/server/llm";
import type { MarketSource } from "@/server/market";
import { hashJson } from "@/server/shared";
import { withoutBigints } from "./without-bigints";

/** Why nothing before `from` counts. */
export type SampleReason = "config" | "training-cutoff" | "unknown-cutoff";

/** From which market time on an agent's record is out of sample (ms). */
export type OutOfSample = { readonly from: number; readonly because: SampleReason; readonly trainingCutoff: number | null };

/** What a version decides with and under: a change of the name or of the model budget does not begin a new record. */
export function decisionKey(config: AgentConfig): string {
  const { name: _name, dailyModelCap: _cap, ...rest } = config;
  return hashJson(withoutBigints({ ...rest, masked: config.masked === true }));
}

/**
 * A paper agent's record is out of sample from its configuration's first decision on: nobody could fit it to prices that had not come. A model may have
 * read about prices of before its training ended, so for it only what came after the cut-off counts. Where that is unknown, it ended
 * before the configuration was made (`madeAt`, wall ms), at the latest. Simulated prices are in nobody's memory, and a masked run hides them.
 */
export function outOfSample(
  config: Pick<AgentConfig, "decider" | "masked">,
  firstDecisionAt: number,
  madeAt: number,
  source: MarketSource["kind"],
): OutOfSample {
  const { decider } = config;
  if (decider.kind === "rules") return { from: firstDecisionAt, because: "config", trainingCutoff: null };
  const { trainingCutoff } = modelInfo(decider.model);
  if (source === "simulated" || config.masked) return { from: firstDecisionAt, because: "config", trainingCutoff };
  const known = trainingCutoff ?? madeAt;
  if (known <= firstDecisionAt) return { from: firstDecisionAt, because: "config", trainingCutoff };
  return { from: known, because: trainingCutoff === null ? "unknown-cutoff" : "training-cutoff", trainingCutoff };
}
