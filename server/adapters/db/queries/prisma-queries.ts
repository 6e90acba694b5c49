import type { SystemPart, SystemView } from "@/server/api/contract";
import type { Queries } from "@/server/api/services";
import type { TenantScope } from "@/server/shared";
import { candles, equity } from "./agent-charts";
import { agentDetail } from "./agent-detail";
import { agentRows } from "./agent-rows";
import { decisionDetail } from "./decision-detail";
import { listDecisions } from "./list-decisions";
import { models } from "./models";
import { overview } from "./overview";
import type { QueryContext } from "./query-context";
import { symbols } from "./symbols";
import { system } from "./system";

type Extra = {
  readonly keyHint: (scope: TenantScope) => Promise<{ hint: string; since: number } | null>;
  readonly parts: () => Promise<SystemPart[]>;
  readonly build: string;
  readonly mode: string;
  /** The prices and rules a workspace has chosen, when they are not the installation's own. */
  readonly market?: (workspaceId: string) => Promise<Pick<QueryContext, "feed" | "exchange">>;
};

/** Every read model behind one port. */
export class PrismaQueries implements Queries {
  constructor(
    private readonly base: QueryContext,
    private readonly extra: Extra,
  ) {}
  async symbols(scope: TenantScope) {
    return symbols(await this.#in(scope));
  }
  async overview(scope: TenantScope) {
    return overview(await this.#in(scope), scope);
  }
  async agentRows(scope: TenantScope) {
    return agentRows(await this.#in(scope), scope);
  }
  async agentDetail(scope: TenantScope, agentId: string) {
    return agentDetail(await this.#in(scope), scope, agentId);
  }
  async candles(scope: TenantScope, input: Parameters<Queries["candles"]>[1]) {
    return candles(await this.#in(scope), scope, input);
  }
  async equity(scope: TenantScope, input: Parameters<Queries["equity"]>[1]) {
    return equity(await this.#in(scope), scope, input);
  }
  async decisions(scope: TenantScope, input: Parameters<Queries["decisions"]>[1]) {
    return listDecisions(await this.#in(scope), scope, input);
  }
  async decisionDetail(scope: TenantScope, turnId: string) {
    return decisionDetail(await this.#in(scope), scope, turnId);
  }
  async models(scope: TenantScope) {
    return models(this.base, scope, await this.extra.keyHint(scope));
  }
  async system(scope: TenantScope): Promise<SystemView> {
    return system(this.base, scope, { ...this.extra, parts: await this.extra.parts() });
  }

  async #in(scope: TenantScope): Promise<QueryContext> {
    return { ...this.base, ...(await this.extra.market?.(scope.workspaceId)) };
  }
}
