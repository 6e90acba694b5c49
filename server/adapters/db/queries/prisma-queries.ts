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
};

/** Every read model behind one port. */
export class PrismaQueries implements Queries {
  constructor(
    private readonly q: QueryContext,
    private readonly extra: Extra,
  ) {}
  symbols() {
    return symbols(this.q);
  }
  overview(scope: TenantScope) {
    return overview(this.q, scope);
  }
  agentRows(scope: TenantScope) {
    return agentRows(this.q, scope);
  }
  agentDetail(scope: TenantScope, agentId: string) {
    return agentDetail(this.q, scope, agentId);
  }
  candles(scope: TenantScope, input: Parameters<Queries["candles"]>[1]) {
    return candles(this.q, scope, input);
  }
  equity(scope: TenantScope, input: Parameters<Queries["equity"]>[1]) {
    return equity(this.q, scope, input);
  }
  decisions(scope: TenantScope, input: Parameters<Queries["decisions"]>[1]) {
    return listDecisions(this.q, scope, input);
  }
  decisionDetail(scope: TenantScope, turnId: string) {
    return decisionDetail(this.q, scope, turnId);
  }
  async models(scope: TenantScope) {
    return models(this.q, scope, await this.extra.keyHint(scope));
  }
  async system(scope: TenantScope): Promise<SystemView> {
    return system(this.q, scope, { ...this.extra, parts: await this.extra.parts() });
  }
}
