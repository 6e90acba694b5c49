/** The product itself: its parts, durable runs, and errors. Decimals travel as exact text, times as ms since 1970 UTC. */

export type SystemPart = {
  id: string;
  label: string;
  kind: "embedded" | "real" | "simulated";
  state: "up" | "degraded" | "down";
  detail: string;
  since: number | null;
};

export type SystemView = {
  build: string;
  mode: string;
  wallNow: number;
  marketNow: number;
  parts: SystemPart[];
  gaps: { agentId: string; agentName: string; from: number; to: number; count: number }[];
};

/** One run of a durable function. Times in wall ms. */
export type RunRow = {
  id: string;
  functionId: string;
  /** Name of the event that started it. */
  event: string;
  status: "running" | "completed" | "failed" | "cancelled";
  /** Whether it is this workspace's; the others are the product's own and carry nothing of a tenant. */
  own: boolean;
  reason: string | null;
  replayOf: string | null;
  tries: number;
  queuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
};

export type RunStepView = {
  name: string;
  op: string;
  attempt: number;
  status: string;
  error: string | null;
  startedAt: number;
  endedAt: number | null;
};

export type RunView = RunRow & {
  eventData: string | null;
  output: string | null;
  steps: RunStepView[];
  canCancel: boolean;
  canReplay: boolean;
};

export type RunsView = { executor: "embedded" | "inngest"; rows: RunRow[]; nextCursor: string | null };

/** What a failed call carries in `error.data.product`. */
export type ApiErrorData = {
  code: string;
  field: string | null;
  retryAfterMs: number | null;
  requestId: string | null;
  data: Record<string, string | number | boolean | null> | null;
};
