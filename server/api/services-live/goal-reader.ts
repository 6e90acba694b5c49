import { type PlainContext, RESTATE_TOOL, type Restated, readRestated, restateSystem } from "@/server/goals";
import { type BudgetRepository, callWithBudget, MODEL_CATALOG, type ModelClient, type ModelInfo } from "@/server/llm";
import { type Clock, DomainError, type Fixed, hashId, type TenantScope } from "@/server/shared";

export type GoalReaderPorts = { readonly budget: BudgetRepository; readonly model: ModelClient; readonly wall: Clock };

/** The cheapest model of the catalog puts sentences plainly: the grammar reads them all the same. */
export const RESTATING_MODEL = MODEL_CATALOG[0] as ModelInfo;

/**
 * Asks a model to put a sentence into the form that the grammar reads. Paid from the workspace's model budget; one key, one call. `cost` in USD.
 * Throws MODEL_KEY_MISSING, MODEL_BUDGET_EXCEEDED, MODEL_ASKED_BEFORE and the refusals of a model's call.
 */
export async function restateGoal(
  { budget, model, wall }: GoalReaderPorts,
  scope: TenantScope,
  ask: { readonly sentence: string; readonly key: string; readonly context: PlainContext },
): Promise<{ readonly restated: Restated; readonly cost: Fixed }> {
  const result = await callWithBudget({ budget, model, wall }, scope, {
    key: hashId("goal-sentence", scope.workspaceId, ask.key),
    agentId: null,
    request: {
      model: RESTATING_MODEL.id,
      system: restateSystem(ask.context),
      messages: [{ role: "user", content: ask.sentence }],
      tool: RESTATE_TOOL,
      maxOutputTokens: 1024,
      timeoutMs: 30_000,
    },
  });
  if (!result.ok)
    throw new DomainError(result.code, `${RESTATING_MODEL.label} was not asked or did not answer: ${result.message}`, { kind: "conflict" });
  return { restated: readRestated(result.reply.toolInput, ask.sentence, ask.context), cost: result.cost };
}
