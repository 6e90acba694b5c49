import type { AnthropicModelClient } from "@/server/adapters/llm/anthropic-model-client";
import type { Database } from "@/server/adapters/db/database";
import { appendEvents } from "@/server/adapters/db/append-events";
import { writeAudit } from "@/server/adapters/db/audit";
import type { Vault } from "@/server/adapters/vault/vault";
import { DECISION_TOOL, decisionAnswer } from "@/server/agents";
import { type BudgetRepository, callWithBudget, type ModelRequest } from "@/server/llm";
import { type Clocks, DomainError, type IdSource, notFound, type TenantScope, toText } from "@/server/shared";
import type { ModelTestView } from "../contract";
import type { ModelKeyService } from "../services";

const KIND = "llm/anthropic";
const TEST_TIMEOUT_MS = 30_000;

type Ports = {
  readonly db: Database;
  readonly vault: Vault;
  readonly model: AnthropicModelClient;
  readonly budget: BudgetRepository;
  readonly clocks: Clocks;
  readonly ids: IdSource;
};

/** Model keys in the vault, and the one-click test that shows what a key is worth. */
export class LiveModelKeyService implements ModelKeyService {
  constructor(private readonly ports: Ports) {}

  async set(scope: TenantScope, input: { provider: "anthropic"; key: string }): Promise<{ hint: string }> {
    const { hint } = await this.ports.vault.put(scope, KIND, input.key);
    await this.#record(scope, "model.key.set");
    return { hint };
  }

  async remove(scope: TenantScope, _provider: "anthropic"): Promise<void> {
    if (!(await this.ports.vault.remove(scope, KIND))) throw notFound("A key for this provider");
    await this.#record(scope, "model.key.removed");
  }

  async #record(scope: TenantScope, action: string): Promise<void> {
    await this.ports.db.transaction(async (tx) => {
      await writeAudit(tx, scope, { action, subject: KIND });
      await appendEvents(tx, scope.workspaceId, [{ type: "model/key.changed", data: { provider: "anthropic" } }]);
    });
  }

  async test(scope: TenantScope, input: { provider: "anthropic"; model: string; key?: string | undefined }): Promise<ModelTestView> {
    const { budget, model, clocks, ids, vault } = this.ports;
    const key = input.key ?? (await vault.read(scope, KIND));
    if (!key) throw new DomainError("MODEL_KEY_MISSING", "There is no key to test: paste one first.", { field: "key" });
    const answer = await callWithBudget(
      { budget, wall: clocks.wall, model: { complete: (_scope, request, signal) => model.completeWithKey(key, request, signal) } },
      scope,
      { key: `test:${ids.next()}`, agentId: null, request: testRequest(input.model) },
      AbortSignal.timeout(TEST_TIMEOUT_MS),
    );
    if (!answer.ok) {
      // A refused key is the test's result; an exhausted budget means that there was no test.
      if (answer.code === "MODEL_BUDGET_EXCEEDED" || answer.code === "UNKNOWN_MODEL")
        throw new DomainError(answer.code, answer.message, { kind: "limited", field: "model" });
      return {
        accepted: answer.code !== "MODEL_KEY_REFUSED",
        structured: false,
        latencyMs: 0,
        cost: toText(answer.cost),
        usage: { inputTokens: 0, outputTokens: 0 },
        model: input.model,
        error: answer.message,
      };
    }
    const { reply } = answer;
    const structured = reply.stopReason === "tool_use" && decisionAnswer.safeParse(reply.toolInput).success;
    return {
      accepted: true,
      structured,
      latencyMs: reply.latencyMs,
      cost: toText(answer.cost),
      usage: reply.usage,
      model: input.model,
      error: structured ? null : "The model answered, but not in the form a decision needs.",
    };
  }
}

const testRequest = (model: string): ModelRequest => ({
  model,
  system: "You are being tested. Answer only by calling the tool submit_decision, once.",
  messages: [{ role: "user", content: 'Submit a decision to hold BTC/USDT with the reasoning "connection test".' }],
  tool: DECISION_TOOL,
  maxOutputTokens: 1024,
  timeoutMs: TEST_TIMEOUT_MS,
});
