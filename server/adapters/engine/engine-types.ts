import type { RawSql } from "@/server/adapters/db/database";
import type { Clock, Json } from "@/server/shared";
import type { FunctionConfig } from "./function-config";

export type EngineEvent = { readonly id: string; readonly name: string; readonly data: Json; readonly ts: number };

export type Job = {
  readonly id: string;
  readonly runId: string;
  readonly functionId: string;
  readonly stepId: string;
  attempt: number;
  readonly priority: number;
  readonly concurrency: string[];
  /** What the run's first call has to pass; null once it has. */
  readonly throttle: Throttle | null;
};

/** One start each `intervalMs`, and up to `burst` at once. */
export type Throttle = { readonly key: string; readonly intervalMs: number; readonly burst: number };

export type Run = {
  readonly id: string;
  readonly functionId: string;
  readonly workspaceId: string | null;
  readonly event: EngineEvent;
  readonly status: RunStatus;
  readonly steps: Record<string, Json>;
  readonly stack: string[];
  readonly parentRunId: string | null;
  readonly parentStepId: string | null;
  /** Wall ms of the first call; null before it. */
  readonly startedAt: string | null;
};

/** A run at the moment when a call of it was taken up. */
export type CalledRun = Run & {
  /** Planned steps that have not finished. */
  readonly openSteps: number;
  /** True for the run's first call. */
  readonly begins: boolean;
};

export type RunStatus = "running" | "completed" | "failed" | "cancelled";

/** One operation of an answer, as the SDK reports it. */
export type Op = {
  readonly op: string;
  readonly id: string;
  readonly name?: string;
  readonly displayName?: string;
  readonly data?: Json;
  readonly error?: Json;
  readonly opts?: Record<string, unknown>;
};

/** What every part of the executor knows of its surroundings. */
export type EngineContext = {
  readonly wall: Clock;
  /** The registered functions, in their order. */
  readonly functions: () => readonly FunctionConfig[];
  readonly onError: (error: unknown) => void;
  /** Hands an event that the executor itself makes to whom it concerns. */
  readonly deliver: (sql: RawSql, event: EngineEvent, options?: { readonly awaited: boolean }) => Promise<void>;
};

export const functionOf = (context: EngineContext, id: string): FunctionConfig | undefined => context.functions().find((f) => f.id === id);
