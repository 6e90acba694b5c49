import type { Fixed, TenantScope } from "@/server/shared";
import type { ModelReply, ModelRequest } from "./types";

/** Throws MODEL_TIMEOUT, MODEL_RATE_LIMITED, MODEL_OVERLOADED, MODEL_KEY_REFUSED, MODEL_KEY_MISSING, MODEL_UNAVAILABLE. */
export interface ModelClient {
  complete(scope: TenantScope, request: ModelRequest, signal?: AbortSignal): Promise<ModelReply>;
}

/** Prepaid model spend in USD, per UTC day of wall time. Reserve before a call, settle after; fail closed. */
export interface BudgetRepository {
  /**
   * Throws MODEL_BUDGET_EXCEEDED (level, cap, spent, asked). Idempotent by key: false when there was a reservation under it already, so
   * that of all who reserve for one call only one makes it.
   */
  reserve(scope: TenantScope, reservation: { key: string; agentId: string | null; model: string; amount: Fixed; wallNow: number }): Promise<boolean>;
  /** Replaces the reservation by what was really spent (never more is charged than was reserved plus nothing hidden: an overrun is recorded as such). Idempotent by key. */
  settle(scope: TenantScope, key: string, spent: { amount: Fixed; inputTokens: number; outputTokens: number }): Promise<void>;
  /**
   * Ends the reservation of a call whose answer was lost: it may have been billed, so it is charged in full. Returns what the call was
   * charged (USD), also when it had been settled before; null when it was never reserved.
   */
  settleLost(scope: TenantScope, key: string): Promise<Fixed | null>;
  /** {@link settleLost} for every call, of all workspaces, reserved before this wall time (ms) and never settled. Returns how many. */
  settleAbandoned(before: number, limit: number): Promise<number>;
  today(scope: TenantScope, wallNow: number, agentId?: string): Promise<{ cap: Fixed; settled: Fixed; reserved: Fixed }>;
}
