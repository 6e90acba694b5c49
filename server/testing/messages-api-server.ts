import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type Anthropic from "@anthropic-ai/sdk";

/** What the server does with one request. */
export type ScriptedAnswer =
  | { readonly kind: "tool"; readonly input: unknown; readonly stopReason?: Anthropic.StopReason; readonly thinking?: boolean }
  /** The tool's input as raw text, well formed or not. */
  | { readonly kind: "tool-json"; readonly json: string; readonly stopReason?: Anthropic.StopReason }
  | { readonly kind: "text"; readonly text: string; readonly stopReason?: Anthropic.StopReason }
  | { readonly kind: "error"; readonly status: number; readonly type: string; readonly message?: string; readonly retryAfter?: number }
  /** An error event in the middle of an answer that had begun. */
  | { readonly kind: "error-midway"; readonly type: string }
  /** Closes the connection in the middle of an answer. */
  | { readonly kind: "cut" }
  /** Never answers. */
  | { readonly kind: "hang" };

export type SeenRequest = { readonly headers: IncomingMessage["headers"]; readonly body: Anthropic.MessageCreateParams };

const USAGE = { inputTokens: 1200, outputTokens: 180 };

/**
 * A local server that speaks the provider's Messages API (streaming and not), answer by answer from a script; the last
 * answer repeats. Event shapes are held to the SDK's own types, so an SDK upgrade that changes them fails to compile.
 */
export class MessagesApiServer {
  readonly requests: SeenRequest[] = [];
  /** When set, any other key is answered with 401. */
  key: string | null = null;
  /** Like the newest models: a forced tool is answered with 400. */
  refuseForcedTool = false;
  private script: ScriptedAnswer[] = [];
  private constructor(private readonly server: Server) {}

  static async start(script: readonly ScriptedAnswer[] = [], port = 0): Promise<MessagesApiServer> {
    const server = createServer();
    const made = new MessagesApiServer(server);
    made.play(...script);
    server.on("request", (req, res) => void made.answer(req, res));
    await new Promise<void>((ok) => server.listen(port, "127.0.0.1", ok));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  play(...script: readonly ScriptedAnswer[]): void {
    this.script = [...script];
    this.requests.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((ok) => this.server.close(ok));
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (req.method !== "POST" || !req.url?.startsWith("/v1/messages")) return this.fail(res, { kind: "error", status: 404, type: "not_found_error" });
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Anthropic.MessageCreateParams;
    this.requests.push({ headers: req.headers, body });
    // The SDK sends the key as a bearer token since 1.11, before that as x-api-key: the service takes both.
    const given = req.headers.authorization?.replace("Bearer ", "") ?? req.headers["x-api-key"];
    if (this.key !== null && given !== this.key)
      return this.fail(res, { kind: "error", status: 401, type: "authentication_error", message: `invalid API key ${given}` });
    if (this.refuseForcedTool && body.tool_choice?.type === "tool")
      return this.fail(res, {
        kind: "error",
        status: 400,
        type: "invalid_request_error",
        message: "tool_choice: forced tool use is not supported for this model",
      });
    const next = this.script.length > 1 ? this.script.shift() : this.script[0];
    if (!next) return this.fail(res, { kind: "error", status: 500, type: "api_error", message: "nothing scripted" });
    if (next.kind === "error") return this.fail(res, next);
    if (next.kind === "hang") return;
    if (body.stream) this.stream(res, body, next);
    else this.whole(res, body, next);
  }

  private fail(res: ServerResponse, answer: Extract<ScriptedAnswer, { kind: "error" }>): void {
    const headers: Record<string, string> = { "content-type": "application/json", "request-id": "req_test" };
    if (answer.retryAfter !== undefined) headers["retry-after"] = String(answer.retryAfter);
    res.writeHead(answer.status, headers);
    res.end(JSON.stringify({ type: "error", error: { type: answer.type, message: answer.message ?? "scripted error" } }));
  }

  private stream(res: ServerResponse, body: Anthropic.MessageCreateParams, answer: Exclude<ScriptedAnswer, { kind: "error" | "hang" }>): void {
    res.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache", "request-id": "req_test" });
    const send = (event: Anthropic.RawMessageStreamEvent | { type: "ping" } | { type: "error"; error: { type: string; message: string } }) =>
      res.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    send({ type: "message_start", message: message(body, [], null, 1) });
    send({ type: "ping" });
    if (answer.kind === "cut") {
      res.write("event: content_block_start\nda");
      return void setImmediate(() => res.destroy());
    }
    if (answer.kind === "error-midway") {
      send({ type: "error", error: { type: answer.type, message: "scripted error in the stream" } });
      return void res.end();
    }
    const content = contentOf(body, answer);
    content.forEach((block, index) => {
      send({
        type: "content_block_start",
        index,
        content_block: block.type === "tool_use" ? { ...block, input: {} } : block.type === "text" ? { ...block, text: "" } : block,
      });
      for (const part of pieces(answer, block)) send({ type: "content_block_delta", index, delta: part });
      send({ type: "content_block_stop", index });
    });
    const { output_tokens } = usageOf(USAGE.outputTokens);
    send({
      type: "message_delta",
      delta: { container: null, stop_details: null, stop_reason: stopOf(answer), stop_sequence: null },
      usage: {
        output_tokens,
        input_tokens: null,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        output_tokens_details: null,
        server_tool_use: null,
      },
    });
    send({ type: "message_stop" });
    res.end();
  }

  private whole(res: ServerResponse, body: Anthropic.MessageCreateParams, answer: Exclude<ScriptedAnswer, { kind: "error" | "hang" }>): void {
    if (answer.kind === "cut" || answer.kind === "error-midway") return void res.destroy();
    res.writeHead(200, { "content-type": "application/json", "request-id": "req_test" });
    res.end(JSON.stringify(message(body, contentOf(body, answer), stopOf(answer), USAGE.outputTokens)));
  }
}

type Content = Anthropic.TextBlock | Anthropic.ToolUseBlock | Anthropic.ThinkingBlock;
type Completed = Extract<ScriptedAnswer, { kind: "tool" | "tool-json" | "text" }>;

function contentOf(body: Anthropic.MessageCreateParams, answer: Completed): Content[] {
  if (answer.kind === "text") return [{ type: "text", text: answer.text, citations: null }];
  const tool = body.tools?.[0];
  const name = tool && "name" in tool ? tool.name : "unknown";
  const input = answer.kind === "tool" ? answer.input : {};
  const call: Anthropic.ToolUseBlock = { type: "tool_use", id: "toolu_test", name, input, caller: { type: "direct" } };
  return answer.kind === "tool" && answer.thinking ? [{ type: "thinking", thinking: "", signature: "sig" }, call] : [call];
}

const stopOf = (answer: Completed): Anthropic.StopReason => answer.stopReason ?? (answer.kind === "text" ? "end_turn" : "tool_use");

/** Deltas cut in small pieces, also in the middle of numbers and escapes, as the real one does. */
function pieces(answer: Completed, block: Content): Anthropic.RawContentBlockDelta[] {
  const text =
    block.type === "text" ? block.text : block.type === "tool_use" ? (answer.kind === "tool-json" ? answer.json : JSON.stringify(block.input)) : "";
  const cut = text.match(/[\s\S]{1,7}/g) ?? [];
  return cut.map((part) => (block.type === "text" ? { type: "text_delta", text: part } : { type: "input_json_delta", partial_json: part }));
}

function message(
  body: Anthropic.MessageCreateParams,
  content: Content[],
  stop: Anthropic.StopReason | null,
  outputTokens: number,
): Anthropic.Message {
  return {
    id: "msg_test",
    type: "message",
    role: "assistant",
    model: body.model,
    container: null,
    diagnostics: null,
    content,
    stop_details: null,
    stop_reason: stop,
    stop_sequence: null,
    usage: usageOf(outputTokens),
  };
}

function usageOf(outputTokens: number): Anthropic.Usage {
  return {
    cache_creation: null,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    inference_geo: null,
    input_tokens: USAGE.inputTokens,
    output_tokens: outputTokens,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
  };
}
