import { type Clock, DomainError, type Fixed, type TenantScope, toText, ZERO } from "@/server/shared";
import { modelInfo } from "./catalog";
import { costOf, worstCostOf } from "./cost";
import type { BudgetRepository, ModelClient } from "./ports";
import type { ModelReply, ModelRequest } from "./types";

export type BudgetedCall = {
  /** One key per call that is really made: a second call under the same key is not made. */
  readonly key: string;
  readonly agentId: string | null;
  readonly request: ModelRequest;
};

/** `cost` in USD is what the budget was charged. A failure that may have been billed is charged its whole reservation. */
export type BudgetedReply =
  | { readonly ok: true; readonly reply: ModelReply; readonly cost: Fixed }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly cost: Fixed };

/**
 * Reserve the worst case → call → settle what was spent. Fails closed: no reservation of its own, no call; and when settling fails
 * the reservation stands. Every expected failure is an answer, not an exception: the turn holds and says why.
 */
export async function callWithBudget(
  ports: { readonly budget: BudgetRepository; readonly model: ModelClient; readonly wall: Clock },
  scope: TenantScope,
  call: BudgetedCall,
  signal?: AbortSignal,
): Promise<BudgetedReply> {
  const { key, agentId, request } = call;
  let reserved: Fixed;
  try {
    const info = modelInfo(request.model);
    reserved = worstCostOf(info, request);
    if (!(await ports.budget.reserve(scope, { key, agentId, model: request.model, amount: reserved, wallNow: ports.wall.now() })))
      return { ok: false, code: "MODEL_ASKED_BEFORE", message: "this question was put to the model before; it is never asked twice", cost: ZERO };
  } catch (error) {
    return { ...failureOf(error), cost: ZERO };
  }
  let reply: ModelReply;
  try {
    reply = await ports.model.complete(scope, request, signal);
  } catch (error) {
    const unbilled = error instanceof DomainError && error.details.data?.billed === "no";
    const cost = unbilled ? ZERO : reserved;
    await ports.budget.settle(scope, key, { amount: cost, inputTokens: 0, outputTokens: 0 });
    return { ...failureOf(error), cost };
  }
  const cost = costOf(modelInfo(request.model), reply.usage);
  await ports.budget.settle(scope, key, { amount: cost, ...reply.usage });
  return { ok: true, reply, cost };
}

function failureOf(error: unknown): { readonly ok: false; readonly code: string; readonly message: string } {
  // Anything untyped is a bug or a database that is down: it must surface, not turn into a quiet hold.
  if (!(error instanceof DomainError)) throw error;
  return { ok: false, code: error.code, message: error.message };
}

/** The refusal every budget repository throws, so that all say the same. Amounts in USD. */
export const budgetExceeded = (level: "agent" | "workspace", cap: Fixed, spent: Fixed, asked: Fixed): DomainError =>
  new DomainError(
    "MODEL_BUDGET_EXCEEDED",
    `the ${level}'s model budget for today is ${toText(cap)} USD, ${toText(spent)} are spent or reserved, and this call may cost up to ${toText(asked)}`,
    { kind: "limited", data: { level, cap: toText(cap), spent: toText(spent), asked: toText(asked) } },
  );
