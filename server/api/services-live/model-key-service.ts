import { appendEvents } from "@/server/adapters/db/append-events";
import { writeAudit } from "@/server/adapters/db/audit";
import type { Database } from "@/server/adapters/db/database";
import type { AnthropicModelClient } from "@/server/adapters/llm/anthropic-model-client";
import type { Vault } from "@/server/adapters/vault/vault";
import { type BudgetRepository, testModel } from "@/server/llm";
import { type Clocks, DomainError, type IdSource, notFound, type TenantScope, toText } from "@/server/shared";
import type { ModelTestView } from "../contract";
import type { ModelKeyService } from "../services";

const KIND = "llm/anthropic";

type Ports = {
  readonly db: Database;
  readonly vault: Vault;
  readonly model: Pick<AnthropicModelClient, "complete" | "withKey">;
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
    const result = await testModel({ budget, wall: clocks.wall, model: model.withKey(key) }, scope, {
      key: `test:${ids.next()}`,
      model: input.model,
    });
    return { ...result, cost: toText(result.cost) };
  }
}
