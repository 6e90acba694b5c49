import type { EventReader, StoredEvent } from "@/server/events";
import type { TenantScope } from "@/server/shared";

type Options = {
  readonly reader: EventReader;
  readonly scope: TenantScope;
  /** Last event the browser has; null = from now on. */
  readonly after: number | null;
  readonly signal: AbortSignal;
  /** The stream says goodbye before the platform would cut it (ms). */
  readonly maxMs?: number;
  readonly heartbeatMs?: number;
  /** Called once, however the stream ends. */
  readonly onClose?: () => void;
  /** Asked every fourth heartbeat, and before news of a change of members goes out: once it says no, the stream ends. */
  readonly allowed?: () => Promise<boolean>;
};

const PAGE = 200;
const ASK_EVERY_BEATS = 4;
const encoder = new TextEncoder();

/**
 * A workspace's events as server-sent events: from `after` on without a gap, then live. Reads no further than the browser takes.
 * Events: `message` (data = StoredEvent, id = its place), `snapshot-required` (`after` is older than what is kept, or no place of this log), `bye` (reconnect with the last id).
 */
export function eventStream(options: Options): ReadableStream<Uint8Array> {
  const { reader, scope, signal, maxMs = 240_000, heartbeatMs = 15_000 } = options;
  let grown = false;
  let wake: () => void = () => {};
  const unsubscribe = reader.subscribe(scope.workspaceId, () => {
    grown = true;
    wake();
  });
  let after = options.after;
  let ended = false;
  let timedOut = false;
  let beat = false;
  let greeted = false;
  let beats = 0;
  const end = setTimeout(() => {
    timedOut = true;
    // A reader that takes nothing may never ask again: from here on it costs no more than its socket.
    clearInterval(heart);
    unsubscribe();
    wake();
  }, maxMs);
  const heart = setInterval(() => {
    beat = true;
    wake();
  }, heartbeatMs);
  const close = () => {
    if (ended) return;
    ended = true;
    clearTimeout(end);
    clearInterval(heart);
    unsubscribe();
    options.onClose?.();
    wake();
  };
  signal.addEventListener("abort", close, { once: true });
  // A browser that left before this line fires no event any more.
  if (signal.aborted) close();

  /** What cannot be found out is taken for a no: the browser comes again and is asked who it is. */
  const mayGoOn = async (): Promise<boolean> => !options.allowed || (await options.allowed().catch(() => false));

  const nothingNew = () =>
    new Promise<void>((done) => {
      wake = done;
      if (grown || ended || timedOut || beat) done();
    });

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!greeted) {
          greeted = true;
          // After a restart not all browsers at once.
          controller.enqueue(encoder.encode(`retry: ${Math.round(500 + Math.random() * 1500)}\n\n`));
          return;
        }
        for (;;) {
          if (ended) return controller.close();
          if (timedOut) {
            controller.enqueue(encoder.encode("event: bye\ndata: {}\n\n"));
            close();
            return controller.close();
          }
          grown = false;
          const first = after === null;
          const page = await reader.read(scope, after ?? Number.MAX_SAFE_INTEGER, PAGE).catch((error: unknown) => {
            // A stream that errors is not cancelled: without this its timers and its subscription would stay for ever.
            close();
            throw error;
          });
          if (after === null) after = page.newest;
          // Older than what is kept, or from a log that was reset since: waiting for that place would be waiting for ever.
          else if (after < page.oldest - 1 || after > page.newest) {
            after = page.newest;
            return controller.enqueue(encoder.encode(`id: ${after}\nevent: snapshot-required\ndata: {"newest":${after}}\n\n`));
          }
          if (page.events.length > 0 && !first) {
            if (page.events.some((e) => e.type === "workspace/members.changed") && !(await mayGoOn())) {
              timedOut = true;
              continue;
            }
            after = page.events.at(-1)?.seq ?? after;
            return controller.enqueue(encoder.encode(page.events.map(frame).join("")));
          }
          if (first) return controller.enqueue(encoder.encode(`id: ${after}\nevent: ready\ndata: {"newest":${after}}\n\n`));
          await nothingNew();
          if (beat && !grown && !ended && !timedOut) {
            beat = false;
            beats += 1;
            if (beats % ASK_EVERY_BEATS === 0 && !(await mayGoOn())) {
              timedOut = true;
              continue;
            }
            return controller.enqueue(encoder.encode(": still here\n\n"));
          }
          beat = false;
        }
      },
      cancel: close,
    },
    { highWaterMark: 1 },
  );
}

/** The same event goes to every stream of its workspace: written out once. */
const frames = new WeakMap<StoredEvent, string>();

function frame(e: StoredEvent): string {
  const made = frames.get(e) ?? `id: ${e.seq}\nevent: message\ndata: ${JSON.stringify(e)}\n\n`;
  frames.set(e, made);
  return made;
}
