/** Where prices come from, and which models are asked. Decimals travel as exact text, times as ms since 1970 UTC. */

export type ModelsView = {
  workspaceBudget: { cap: string; settled: string; reserved: string };
  providers: {
    provider: "anthropic";
    label: string;
    key: null | { hint: string; setAt: number };
    models: { id: string; label: string; inputPerMTok: string; outputPerMTok: string; contextTokens: number }[];
  }[];
  rules: {
    id: string;
    label: string;
    description: string;
    params: { name: string; label: string; default: number; min: number; max: number; step: number }[];
  }[];
  agents: { agentId: string; name: string; label: string; cap: string; settled: string; reserved: string }[];
};

export type SourceId = "installation" | "binance" | "coinbase" | "kraken";

export type ConnectionsView = {
  /** What the installation itself runs on. */
  installation: { label: string; kind: "simulated" | "files" | "exchange" };
  /** False while market time is not wall time: prices of now do not belong to it. */
  venuesUsable: boolean;
  /** No decision on prices older than this. */
  staleAfterMs: number;
  venues: { id: SourceId; label: string; requestsPerSecond: number; pausedUntil: number | null }[];
  symbols: ConnectionRow[];
};

export type ConnectionRow = {
  symbol: string;
  source: SourceId;
  sourceLabel: string;
  /** live = news has come within the stale threshold. */
  state: "simulated" | "recorded" | "connecting" | "live" | "stale" | "reconnecting";
  lastPrice: string | null;
  lastPriceAt: number | null;
  problem: string | null;
};

export type ConnectionTestView = {
  ok: boolean;
  latencyMs: number;
  lastPrice: string | null;
  bid: string | null;
  ask: string | null;
  newestBarAt: number | null;
  tickSize: string | null;
  minNotional: string | null;
  takerFeeBp: string | null;
  /** Why not, in words. */
  problem: string | null;
};

export type ModelTestView = {
  accepted: boolean;
  structured: boolean;
  latencyMs: number;
  cost: string;
  usage: { inputTokens: number; outputTokens: number };
  model: string;
  error: string | null;
};
