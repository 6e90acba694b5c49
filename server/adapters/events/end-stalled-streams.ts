import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

const CHANNEL = "http.server.request.start";

/**
 * Ends the responses of this process below `path` that nobody has taken a byte of for `afterMs`. Such a reader holds what was last written
 * to it until its connection dies, which can take for ever; the framework waits for it and says nothing. A reader that is only idle takes
 * the heartbeats. It is ended without a word and resumes after its last event. Returns the way to stop.
 */
export function endStalledStreams(path: string, afterMs: number): () => void {
  const watch = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.url?.split("?")[0] === path) response.setTimeout(afterMs, () => response.destroy());
  };
  subscribe(CHANNEL, watch);
  return () => void unsubscribe(CHANNEL, watch);
}
