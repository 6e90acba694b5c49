/** What the route answers to a request for /api/events. */
export type EventRoute = (request: Request) => Promise<Response>;

/**
 * The browser's EventSource (parsing, last id, coming back by itself) over a route in this process, so that a test can cut it at will.
 * `cutAfter` lists after how many `message` events of all its connections together the connection breaks; `onCut` runs in between.
 */
export function eventSourceOver(route: EventRoute, plan: { cutAfter: number[]; onCut?: () => void; forgetful?: boolean }): typeof EventSource {
  let delivered = 0;
  return class TestEventSource extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 2;
    readyState = 0;
    private lastId = "";
    private connection = new AbortController();

    constructor(private readonly url: string) {
      super();
      void this.connect();
    }

    close(): void {
      this.readyState = 2;
      this.connection.abort();
    }

    private async connect(): Promise<void> {
      this.connection = new AbortController();
      const headers: Record<string, string> = this.lastId === "" || plan.forgetful ? {} : { "last-event-id": this.lastId };
      const url = new URL(this.url, "http://localhost");
      if (plan.forgetful && delivered > 0) url.search = "";
      const answer = await route(new Request(url, { headers, signal: this.connection.signal }));
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
      const reader = answer.body?.getReader();
      const decoder = new TextDecoder();
      let text = "";
      for (;;) {
        const chunk = await reader?.read();
        if (!chunk || chunk.done) break;
        text += decoder.decode(chunk.value, { stream: true });
        const frames = text.split("\n\n");
        text = frames.pop() ?? "";
        for (const frame of frames) if (this.readyState === 1) this.take(frame);
        if (this.readyState !== 1) {
          await reader?.cancel();
          break;
        }
      }
      if (this.readyState === 2) return;
      this.readyState = 0;
      this.dispatchEvent(new Event("error"));
      if (this.readyState === 0) void this.connect();
    }

    private take(frame: string): void {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(frame)?.[1];
      this.lastId = field("id") ?? this.lastId;
      const data = field("data");
      if (data === undefined) return;
      const type = field("event") ?? "message";
      this.dispatchEvent(new MessageEvent(type, { data, lastEventId: this.lastId }));
      if (type !== "message") return;
      delivered += 1;
      if (plan.cutAfter[0] !== delivered) return;
      plan.cutAfter.shift();
      // In the middle of whatever came in the same packet.
      this.readyState = 0;
      plan.onCut?.();
    }
  } as unknown as typeof EventSource;
}
