import type { Fixed } from "@/server/shared";

export type ModelId = string;

/** Prices per million tokens in USD. */
export type ModelInfo = {
  readonly id: ModelId;
  readonly provider: "anthropic";
  readonly label: string;
  readonly inputPerMTok: Fixed;
  readonly outputPerMTok: Fixed;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** Requests above this many input tokens are billed at other prices. */
  readonly long?: { readonly above: number; readonly inputPerMTok: Fixed; readonly outputPerMTok: Fixed };
  /** How the one tool is asked for: newer models think always and refuse a forced tool. */
  readonly toolChoice: "forced" | "auto";
  /** It thinks unless told not to; thinking and a forced tool exclude each other. */
  readonly thinksByDefault: boolean;
  /** End of the last month its training read about (ms UTC): what came after it cannot be remembered. Null = not published. */
  readonly trainingCutoff: number | null;
};

export type Usage = { readonly inputTokens: number; readonly outputTokens: number };

/** A request for one structured answer: the model must call `tool` once. */
export type ModelRequest = {
  readonly model: ModelId;
  readonly system: string;
  readonly messages: readonly { readonly role: "user" | "assistant"; readonly content: string }[];
  readonly tool: { readonly name: string; readonly description: string; readonly inputSchema: Readonly<Record<string, unknown>> };
  readonly maxOutputTokens: number;
  readonly timeoutMs: number;
};

export type ModelReply = {
  /** The tool input as the model gave it (unvalidated), or null when it did not call the tool. */
  readonly toolInput: unknown;
  /** The exact response, for the record. */
  readonly raw: string;
  readonly stopReason: "tool_use" | "end_turn" | "max_tokens" | "refusal" | "other";
  readonly usage: Usage;
  readonly latencyMs: number;
  /** Tries made, retries included. */
  readonly attempts: number;
};
