import { modelInfo } from "@/server/llm";
import { INTERVAL_MS, type Interval, type MarketFeed } from "@/server/market";
import { DomainError } from "@/server/shared";
import { parseRuleParams } from "./deciders";
import type { AgentConfig } from "./types";

/**
 * A configuration the product can run, rule parameters filled in. Throws UNKNOWN_SYMBOL, WRONG_QUOTE, INTERVAL_TOO_FINE, UNKNOWN_MODEL,
 * UNKNOWN_RULE_SET, UNKNOWN_RULE_PARAMETER, RULE_PARAMETER_OUT_OF_RANGE, LIMIT_MISSING, MASK_NEEDS_MODEL, each naming the field.
 */
export function validateConfig(config: AgentConfig, feed: MarketFeed, currency: string): AgentConfig {
  const known = feed.symbols();
  config.symbols.forEach((symbol, i) => {
    const info = known.find((s) => s.symbol === symbol);
    if (!info)
      throw new DomainError("UNKNOWN_SYMBOL", `${symbol} is not traded here; there are ${known.map((s) => s.symbol).join(", ")}`, {
        field: `symbols.${i}`,
      });
    if (symbol.split("/")[1] !== currency)
      throw new DomainError("WRONG_QUOTE", `${symbol} is not priced in ${currency}, which your treasury holds`, { field: `symbols.${i}` });
    const tooFine = (interval: Interval) => INTERVAL_MS[interval] < INTERVAL_MS[info.baseInterval];
    if (tooFine(config.barInterval))
      throw new DomainError("INTERVAL_TOO_FINE", `${symbol} has bars of ${info.baseInterval} and coarser`, { field: "barInterval" });
    if (config.trigger.kind === "interval" && tooFine(config.trigger.interval))
      throw new DomainError("INTERVAL_TOO_FINE", `${symbol} has bars of ${info.baseInterval} and coarser`, { field: "trigger.interval" });
  });
  if (config.decider.kind === "model") modelInfo(config.decider.model);
  const decider =
    config.decider.kind === "rules" ? { ...config.decider, params: parseRuleParams(config.decider.ruleSet, config.decider.params) } : config.decider;
  if (config.masked && config.decider.kind === "rules")
    throw new DomainError("MASK_NEEDS_MODEL", "rules read no names and remember nothing: only a model's run can be masked", { field: "masked" });
  if (config.limits.maxPositionNotional === null && config.limits.maxOrderNotional === null)
    throw new DomainError("LIMIT_MISSING", "an agent needs a limit on its position or on its orders", { field: "limits.maxPositionNotional" });
  return { ...config, decider };
}
