/** Event names are `domain/thing.happened`. The payload is what a page needs to know that something changed, and to show it. */
export type EventMap = {
  "agent/created": { agentId: string; name: string };
  "agent/updated": { agentId: string };
  "agent/status.changed": { agentId: string; name: string; from: string; to: string; reason: string | null };
  "agent/tick.missed": { agentId: string; from: number; to: number; count: number };
  "turn/phase.changed": { agentId: string; turnId: string; phase: string; at: number };
  "turn/decided": { agentId: string; turnId: string; action: string; symbol: string; outcome: string; summary: string; at: number };
  "turn/settled": { agentId: string; turnId: string; netPnl: string; at: number };
  "order/changed": { agentId: string; orderId: string; status: string };
  "fill/posted": { agentId: string; orderId: string; symbol: string; side: string; quantity: string; price: string; at: number };
  "wallet/changed": { nodeId: string };
  "workspace/trading.changed": { state: string; reason: string | null };
  /** Who belongs to the workspace, or is invited; `userId` = whose membership changed, null for an invitation. */
  "workspace/members.changed": { userId: string | null };
  "model/key.changed": { provider: string };
  "risk/alert.raised": { alertId: string; agentId: string | null; severity: string; title: string };
  /** acknowledged | resolved */
  "risk/alert.changed": { alertId: string; state: string };
  "risk/breaker.acted": { decisionId: string; agentId: string | null; breaker: string; step: string; reason: string };
  "goal/changed": { goalId: string; status: string; text: string };
  "goal/achieved": { goalId: string; nodeId: string; text: string };
  /** ceiling-near | ceiling-broken | odds-low | collected */
  "goal/noticed": { goalId: string; nodeId: string; kind: string; text: string };
  "demo/import.progress": { done: number; total: number };
  "backtest/changed": { backtestId: string; status: string; done: number; total: number };
};
export type EventType = keyof EventMap;

export type StoredEvent<T extends EventType = EventType> = {
  /** Place in the workspace's log; assigned after commit, never reused. */
  readonly seq: number;
  readonly id: string;
  readonly type: T;
  readonly data: EventMap[T];
  /** Wall time (ms). */
  readonly at: number;
};
