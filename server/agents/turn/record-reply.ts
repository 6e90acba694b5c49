import type { BudgetedReply } from "@/server/llm";
import type { Json } from "@/server/shared";
import type { RecordedReply } from "./core-types";

/** A model's answer as the record keeps it: plain JSON, so that a replay reads exactly what the live turn read. */
export function recordReply(result: BudgetedReply): RecordedReply {
  if (!result.ok) return { ok: false, code: result.code, message: result.message };
  const { toolInput, raw, stopReason, usage, latencyMs, attempts } = result.reply;
  const plain: Json = toolInput === undefined ? null : (JSON.parse(JSON.stringify(toolInput)) as Json);
  return { ok: true, toolInput: plain, raw, stopReason, ...usage, latencyMs, attempts };
}
