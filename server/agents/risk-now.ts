import type { MarketFeed, SymbolId } from "@/server/market";
import type { RiskSituation } from "@/server/risk";
import { hashId } from "@/server/shared";
import type { ExchangeClient } from "@/server/trading";
import { riskSituation } from "./turn/risk-situation";
import { loadInputs } from "./turn/shell/load-inputs";
import type { BookAnswers } from "./turn/shell/ports";
import type { Agent } from "./types";

/**
 * What the judge would compare with if the agent decided at market time `at`, for each of its markets: the inputs are loaded as a turn's.
 * Nothing is stored. Throws what the feed throws, NO_PRICE.
 */
export async function riskNow(
  ports: { readonly feed: MarketFeed; readonly exchange: Pick<ExchangeClient, "instrument"> },
  agent: Agent,
  books: BookAnswers,
  at: number,
): Promise<readonly (readonly [SymbolId, RiskSituation])[]> {
  const tickId = "look";
  const request = { workspaceId: agent.workspaceId, agentId: agent.id, tickId, at, trigger: { kind: "schedule" } } as const;
  const { inputs } = await loadInputs(ports, agent, request, hashId("look", agent.id, at), books);
  return [...new Set([...agent.config.symbols, ...books.positions.filter((p) => p.quantity > 0n).map((p) => p.symbol)])].map(
    (symbol) => [symbol, riskSituation(inputs, symbol)] as const,
  );
}
