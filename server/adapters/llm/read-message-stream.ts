import type Anthropic from "@anthropic-ai/sdk";
import type { ModelReply } from "@/server/llm";

/** The stream broke after it had begun: what was generated until then may have been billed. */
export class BrokenStreamError extends Error {
  override readonly name = "BrokenStreamError";
}

type Block = { type: string; name?: string; text?: string; json?: string };

/** Collects one streamed message. Broken JSON of a tool call is kept as text: the decision's own schema refuses it, with the reason. */
export async function readMessageStream(
  stream: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  toolName: string,
): Promise<Omit<ModelReply, "latencyMs" | "attempts">> {
  const blocks: Block[] = [];
  let [id, model, stop, inputTokens, outputTokens, done] = ["", "", null as string | null, 0, 0, false];
  let begun = false;
  try {
    for await (const event of stream) {
      begun = true;
      if (event.type === "message_start") {
        ({ id, model } = event.message);
        inputTokens = allInput(event.message.usage);
        outputTokens = event.message.usage.output_tokens;
      } else if (event.type === "content_block_start") {
        const block = event.content_block;
        blocks[event.index] =
          block.type === "tool_use"
            ? { type: "tool_use", name: block.name, json: "" }
            : { type: block.type, text: block.type === "text" ? block.text : "" };
      } else if (event.type === "content_block_delta") {
        const block = blocks[event.index];
        if (block && event.delta.type === "input_json_delta") block.json = (block.json ?? "") + event.delta.partial_json;
        if (block && event.delta.type === "text_delta") block.text = (block.text ?? "") + event.delta.text;
      } else if (event.type === "message_delta") {
        stop = event.delta.stop_reason;
        outputTokens = Math.max(outputTokens, event.usage.output_tokens);
        if (event.usage.input_tokens !== null) inputTokens = Math.max(inputTokens, allInput(event.usage));
      } else if (event.type === "message_stop") {
        done = true;
      }
    }
  } catch (error) {
    throw begun ? new BrokenStreamError("the answer broke off", { cause: error }) : error;
  }
  if (!done) throw new BrokenStreamError("the answer broke off");

  const content = blocks
    .filter(Boolean)
    .map((b) => (b.type === "tool_use" ? { type: b.type, name: b.name, input: parsed(b.json ?? "") } : { type: b.type, text: b.text ?? "" }));
  const call = content.find((c): c is { type: string; name: string; input: unknown } => c.type === "tool_use" && "name" in c && c.name === toolName);
  const usage = { inputTokens, outputTokens };
  return {
    toolInput: call ? call.input : null,
    raw: JSON.stringify({ id, model, stop_reason: stop, content, usage }),
    stopReason: stopReason(stop),
    usage,
  };
}

/** Tokens read from or written to a cache are input too; at list price they are never undercounted on reads. */
const allInput = (u: { input_tokens: number | null; cache_creation_input_tokens: number | null; cache_read_input_tokens: number | null }): number =>
  (u.input_tokens ?? 0) + (u.cache_creation_input_tokens ?? 0) + (u.cache_read_input_tokens ?? 0);

function parsed(json: string): unknown {
  try {
    return json === "" ? {} : (JSON.parse(json) as unknown);
  } catch {
    return json;
  }
}

function stopReason(reason: string | null): ModelReply["stopReason"] {
  return reason === "tool_use" || reason === "end_turn" || reason === "max_tokens" || reason === "refusal" ? reason : "other";
}
