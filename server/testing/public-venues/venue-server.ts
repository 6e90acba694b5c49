import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { PublicMarket } from "./public-market";

export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };
export type Fault =
  | { readonly kind: "answer"; readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  /** Closes the connection without an answer. */
  | { readonly kind: "cut" }
  /** Never answers. */
  | { readonly kind: "hang" };

/** How one venue speaks: its public REST paths and its public stream. */
export type VenueProtocol = {
  readonly name: string;
  rest(market: PublicMarket, path: string, query: URLSearchParams): Answer;
  /** Messages to send at once when somebody connects. */
  hello?(market: PublicMarket): readonly unknown[];
  /** The answer to a message of the client: what to send, and the channels it has subscribed to from now on. */
  hears(market: PublicMarket, message: Record<string, unknown>): { readonly send: readonly unknown[]; readonly channels: readonly string[] };
  /** A new message on a channel. */
  says(market: PublicMarket, channel: string): readonly unknown[];
};

/** A local server that speaks a venue's public REST and WebSocket interfaces as its own documentation has them. */
export class VenueServer {
  /** Path and query of each REST request, in order. */
  readonly requests: string[] = [];
  /** Connections made to the stream so far. */
  connections = 0;
  private faults: Fault[] = [];
  private readonly heard = new Map<WebSocket, Set<string>>();
  private constructor(
    readonly market: PublicMarket,
    private readonly protocol: VenueProtocol,
    private readonly server: Server,
    private readonly sockets: WebSocketServer,
  ) {}

  /** On any free port unless one is named. */
  static async start(protocol: VenueProtocol, market: PublicMarket, port = 0): Promise<VenueServer> {
    const server = createServer();
    const made = new VenueServer(market, protocol, server, new WebSocketServer({ server }));
    server.on("request", (req, res) => made.answer(req, res));
    made.sockets.on("connection", (socket) => made.connected(socket));
    await new Promise<void>((ok) => server.listen(port, "127.0.0.1", ok));
    return made;
  }

  get urls(): { rest: string; ws: string } {
    const host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { rest: `http://${host}`, ws: `ws://${host}` };
  }

  /** The next requests fail so, one after the other; after them all is well. */
  fail(...faults: readonly Fault[]): void {
    this.faults = [...faults];
  }

  /** Sends news on every channel somebody has subscribed to. Returns how many messages went out. */
  publish(): number {
    let sent = 0;
    for (const [socket, channels] of this.heard) {
      for (const channel of channels) {
        for (const message of this.protocol.says(this.market, channel)) {
          socket.send(JSON.stringify(message));
          sent++;
        }
      }
    }
    return sent;
  }

  /** Ends every stream without a goodbye. */
  dropStreams(): void {
    for (const socket of this.heard.keys()) socket.terminate();
    this.heard.clear();
  }

  async stop(): Promise<void> {
    this.dropStreams();
    this.sockets.close();
    this.server.closeAllConnections();
    await new Promise((ok) => this.server.close(ok));
  }

  private answer(req: IncomingMessage, res: ServerResponse): void {
    const url = new URL(req.url ?? "/", "http://venue");
    this.requests.push(`${url.pathname}${url.search}`);
    const fault = this.faults.shift();
    if (fault?.kind === "hang") return;
    if (fault?.kind === "cut") return void req.socket.destroy();
    const { status, body, headers } = fault ?? this.protocol.rest(this.market, url.pathname, url.searchParams);
    res.writeHead(status, { "content-type": "application/json", date: new Date(this.market.now).toUTCString(), ...headers });
    res.end(fault ? (body as string) : JSON.stringify(body));
  }

  private connected(socket: WebSocket): void {
    this.connections++;
    this.heard.set(socket, new Set());
    socket.on("close", () => this.heard.delete(socket));
    for (const message of this.protocol.hello?.(this.market) ?? []) socket.send(JSON.stringify(message));
    socket.on("message", (data) => {
      const message: unknown = JSON.parse(String(data));
      const { send, channels } = this.protocol.hears(this.market, message as Record<string, unknown>);
      for (const channel of channels) this.heard.get(socket)?.add(channel);
      for (const answer of send) socket.send(JSON.stringify(answer));
    });
  }
}
