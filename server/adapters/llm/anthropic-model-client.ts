import Anthropic from "@anthropic-ai/sdk";
import { type ModelClient, type ModelReply, type ModelRequest, modelInfo } from "@/server/llm";
import { type Clock, DomainError, type TenantScope } from "@/server/shared";
import { type MappedFailure, mapAnthropicError } from "./map-anthropic-error";
import { readMessageStream } from "./read-message-stream";

/** Reads a workspace's secret; null when there is none. Decryption failures throw. */
export type SecretReader = (scope: TenantScope, kind: "llm/anthropic") => Promise<string | null>;

export type AnthropicOptions = {
  readonly secrets: SecretReader;
  readonly wall: Clock;
  /** Default: the provider's own address. */
  readonly baseURL?: string;
  /** Tries of one call, the first included. */
  readonly maxAttempts?: number;
  /** First pause between tries (ms); doubles, with jitter. */
  readonly basePauseMs?: number;
  /** Randomness for the jitter, 0 to 1. */
  readonly random?: () => number;
};

/**
 * Claude through the official SDK: one structured answer, streamed. The key is read per call and never kept. The SDK's own
 * retries are off: only failures that cannot have been billed are tried again, with jitter, honouring retry-after, and all
 * within the request's one deadline.
 */
export class AnthropicModelClient implements ModelClient {
  constructor(private readonly options: AnthropicOptions) {}

  async complete(scope: TenantScope, request: ModelRequest, signal?: AbortSignal): Promise<ModelReply> {
    const key = await this.options.secrets(scope, "llm/anthropic");
    if (!key)
      throw new DomainError("MODEL_KEY_MISSING", "no Claude key is stored: add one on the Models page", { kind: "conflict", data: { billed: "no" } });
    return this.completeWithKey(key, request, signal);
  }

  /** A client for one key that is not stored (yet): the Models page tests it before it keeps it. */
  withKey(key: string): ModelClient {
    return { complete: (_scope, request, signal) => this.completeWithKey(key, request, signal) };
  }

  private async completeWithKey(key: string, request: ModelRequest, signal?: AbortSignal): Promise<ModelReply> {
    const { wall, maxAttempts = 4 } = this.options;
    const started = wall.now();
    const deadline = started + request.timeoutMs;
    let forced = modelInfo(request.model).toolChoice === "forced";
    for (let attempt = 1; ; attempt++) {
      try {
        const reply = await this.once(key, request, forced, deadline - wall.now(), signal);
        return { ...reply, latencyMs: wall.now() - started, attempts: attempt };
      } catch (error) {
        const failure = mapAnthropicError(error, { key, aborted: signal?.aborted ?? false, timeoutMs: request.timeoutMs });
        // A model that has stopped taking a forced tool is asked without force, once.
        if (failure.refusesForcedTool && forced) {
          forced = false;
          continue;
        }
        const pause = this.pauseBefore(attempt, failure);
        if (!failure.retry || attempt >= maxAttempts || wall.now() + pause >= deadline) throw failure.error;
        await sleep(pause, signal);
      }
    }
  }

  private async once(key: string, request: ModelRequest, forced: boolean, leftMs: number, signal?: AbortSignal) {
    const client = new Anthropic({
      apiKey: key,
      // Given explicitly, so that nothing is taken from the process's environment.
      authToken: null,
      baseURL: this.options.baseURL ?? "https://api.anthropic.com",
      maxRetries: 0,
      timeout: Math.max(leftMs, 1),
      logLevel: "off",
    });
    const limit = AbortSignal.timeout(Math.max(leftMs, 1));
    const info = modelInfo(request.model);
    const stream = await client.messages.create(
      {
        model: request.model,
        max_tokens: Math.min(request.maxOutputTokens, info.maxOutputTokens),
        system: request.system,
        messages: request.messages.map((m) => ({ role: m.role, content: m.content })),
        tools: [
          {
            name: request.tool.name,
            description: request.tool.description,
            input_schema: request.tool.inputSchema as Anthropic.Tool.InputSchema,
          },
        ],
        tool_choice: forced
          ? { type: "tool", name: request.tool.name, disable_parallel_tool_use: true }
          : { type: "auto", disable_parallel_tool_use: true },
        // A forced tool and thinking exclude each other; a model that thinks anyway is asked to think little.
        ...(info.thinksByDefault ? (forced ? { thinking: { type: "disabled" as const } } : { output_config: { effort: "low" as const } }) : {}),
        stream: true,
      },
      { signal: signal ? AbortSignal.any([signal, limit]) : limit },
    );
    return readMessageStream(stream, request.tool.name);
  }

  private pauseBefore(attempt: number, failure: MappedFailure): number {
    const { basePauseMs = 500, random = Math.random } = this.options;
    const backoff = basePauseMs * 2 ** (attempt - 1) * (0.5 + random());
    return Math.max(backoff, failure.retryAfterMs ?? 0);
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DomainError("MODEL_UNAVAILABLE", "the call was cancelled", { kind: "unavailable", data: { billed: "no" } }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
