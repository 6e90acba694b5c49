import type { Clock, Fixed, TenantScope } from "@/server/shared";
import { callWithBudget } from "./call-with-budget";
import type { BudgetRepository, ModelClient } from "./ports";
import type { ModelId, ModelRequest, Usage } from "./types";

/** What one click on the Models page finds out. `cost` in USD. */
export type ModelTest = {
  readonly model: ModelId;
  /** The provider took the key and answered. */
  readonly accepted: boolean;
  /** The answer came as the structure that was asked for. */
  readonly structured: boolean;
  readonly latencyMs: number;
  readonly cost: Fixed;
  readonly usage: Usage;
  readonly error: string | null;
};

const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0 };

/** The smallest question that shows that a key works and that the model answers through a tool. */
export const probeRequest = (model: ModelId): ModelRequest => ({
  model,
  system: "This is a connection test. Call the tool report_ready once, with ready set to true.",
  messages: [{ role: "user", content: "Are you ready?" }],
  tool: {
    name: "report_ready",
    description: "Report that you are ready.",
    inputSchema: { type: "object", additionalProperties: false, required: ["ready"], properties: { ready: { type: "boolean" } } },
  },
  maxOutputTokens: 1024,
  timeoutMs: 30_000,
});

/** One real call, paid from the workspace's budget like any other. Expected failures are an answer, not an exception. */
export async function testModel(
  ports: { readonly budget: BudgetRepository; readonly model: ModelClient; readonly wall: Clock },
  scope: TenantScope,
  test: { readonly key: string; readonly model: ModelId },
): Promise<ModelTest> {
  const result = await callWithBudget(ports, scope, { key: test.key, agentId: null, request: probeRequest(test.model) });
  if (!result.ok)
    return { model: test.model, accepted: false, structured: false, latencyMs: 0, cost: result.cost, usage: NO_USAGE, error: result.message };
  const { reply, cost } = result;
  const structured = isReady(reply.toolInput);
  const error = structured ? null : "the model answered, but not through the tool it was asked to call";
  return { model: test.model, accepted: true, structured, latencyMs: reply.latencyMs, cost, usage: reply.usage, error };
}

const isReady = (input: unknown): boolean => typeof input === "object" && input !== null && "ready" in input && input.ready === true;
