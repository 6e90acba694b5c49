import { parseRuleParams } from "@/server/agents";
import { hashId, hashJson, type Json } from "@/server/shared";
import type { BacktestSpec } from "../backtest-spec";
import { bindingAbove } from "../limits-above";
import type { Performance } from "../results/performance";
import type { ExcessFigure } from "../results/trial-record";
import type { TrialDraft } from "./job-types";

type Tried = {
  readonly params: Readonly<Record<string, number>>;
  readonly from: number;
  readonly to: number;
  readonly sample: Performance["sample"];
  readonly excess: ExcessFigure | null;
};

/** The symbols of a set, in one text: what trials are counted by, together with the family. */
export const symbolSetOf = (symbols: readonly string[]): string => [...symbols].sort().join(" ");

/**
 * The trial of agent `place` of a specification. Running the very same configuration over the very same time again is no new trial
 * (engine, name and random draws aside): it has the same id. `workspaceId` is part of it, so that no two tenants share one.
 */
export function trialOf(workspaceId: string, spec: BacktestSpec, place: number, tried: Tried): TrialDraft {
  const agent = spec.agents[place] as BacktestSpec["agents"][number];
  const { returns, sharpe, skewness, kurtosis } = tried.sample;
  const symbolSet = symbolSetOf(agent.symbols);
  // Defaults filled in: naming a parameter's default is no other configuration.
  const params = parseRuleParams(agent.ruleSet, tried.params);
  const above = bindingAbove(spec.limitsAbove);
  const what = {
    symbolSet,
    family: agent.ruleSet,
    params,
    interval: spec.interval,
    from: tried.from,
    to: tried.to,
    costs: spec.costs,
    limits: agent.limits,
    ...(above && { limitsAbove: above }),
  };
  return {
    id: hashId("trial", workspaceId, hashJson(what as unknown as Json)),
    symbolSet,
    family: agent.ruleSet,
    params,
    symbols: agent.symbols,
    interval: spec.interval,
    returns,
    sharpe,
    skewness,
    kurtosis,
    excess: tried.excess,
  };
}
