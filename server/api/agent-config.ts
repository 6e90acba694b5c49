import type { z } from "zod";
import type { AgentConfig } from "@/server/agents";
import { INTERVAL_MS, type Interval } from "@/server/market";
import { type Limits, parseLimits, parseProtections } from "@/server/risk";
import { fixed } from "@/server/shared";
import type { agentInput, limitsInput } from "./contract";

/** Parsed limits as the domain's: text to fixed point. Throws INVALID_LIMIT, naming the field. */
export const toLimits = (l: z.output<typeof limitsInput>): Limits => parseLimits(l);

const DEFAULT_SETTLE: Interval = "1h";

/** A parsed agent form as the domain's configuration. Settlement comes one trigger interval after the tick unless told otherwise. */
export function toAgentConfig(input: z.output<typeof agentInput>): AgentConfig {
  const interval = input.trigger.kind === "interval" ? input.trigger.interval : DEFAULT_SETTLE;
  return {
    name: input.name,
    symbols: input.symbols,
    mode: input.mode,
    trigger: input.trigger,
    barInterval: input.barInterval,
    strategyText: input.strategyText,
    decider: input.decider,
    limits: toLimits(input.limits),
    ...(input.protections.length > 0 && { protections: parseProtections(input.protections) }),
    dailyModelCap: fixed(input.dailyModelCap),
    ...(input.masked ? { masked: true } : {}),
    settleAfterMs: input.settleAfterMs ?? INTERVAL_MS[interval],
  };
}
