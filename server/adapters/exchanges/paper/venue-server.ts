import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DomainError, fixed, toText } from "@/server/shared";
import type { ExchangeClient } from "@/server/trading";
import { executionToJson } from "./execution-json";
import { orderToJson, placeFromJson, type VenueErrorJson, type VenueMethod, venueBodies } from "./venue-protocol";

const MAX_BODY = 64 * 1024;

/**
 * A venue over HTTP on loopback, so that it can be a process of its own that outlives the product. Every accepted order is one line
 * of the append-only log, written before it is answered: what really happened, whoever died.
 */
export async function startVenueServer(options: {
  readonly exchange: ExchangeClient;
  readonly logFile?: string;
  readonly port?: number;
}): Promise<{ readonly url: string; readonly server: Server; close(): Promise<void> }> {
  const { exchange, logFile } = options;
  const log = (line: Record<string, unknown>): void => {
    if (logFile) appendFileSync(logFile, `${JSON.stringify(line)}\n`);
  };
  const logged = new Map<string, number>();
  const logExecutions = async (account: string): Promise<void> => {
    for (const e of await exchange.executions(account, logged.get(account) ?? 0)) {
      if (e.sequence <= (logged.get(account) ?? 0)) continue;
      logged.set(account, e.sequence);
      log({ event: "execution", account, ...executionToJson(e) });
    }
  };
  const methods: { readonly [M in VenueMethod]: (body: unknown) => Promise<unknown> } = {
    instrument: async (body) => {
      const i = await exchange.instrument(venueBodies.instrument.parse(body).symbol);
      return Object.fromEntries(Object.entries(i).map(([k, v]) => [k, typeof v === "bigint" ? toText(v) : v]));
    },
    place: async (body) => {
      const { account, order } = venueBodies.place.parse(body);
      const placed = await exchange.place(account, placeFromJson(order));
      log({ event: "order", account, ...order });
      return orderToJson(placed);
    },
    cancel: async (body) => {
      const { account, clientOrderId, at } = venueBodies.cancel.parse(body);
      const order = await exchange.cancel(account, clientOrderId, at);
      await logExecutions(account);
      log({ event: "cancel", account, clientOrderId, at, status: order?.status ?? null });
      return orderToJson(order);
    },
    find: async (body) => {
      const { account, clientOrderId } = venueBodies.find.parse(body);
      return orderToJson(await exchange.find(account, clientOrderId));
    },
    executions: async (body) => {
      const { account, afterSequence } = venueBodies.executions.parse(body);
      return (await exchange.executions(account, afterSequence)).map(executionToJson);
    },
    advance: async (body) => {
      const { account, at } = venueBodies.advance.parse(body);
      await exchange.advanceTo(account, at);
      await logExecutions(account);
      return null;
    },
    balances: async (body) => {
      const balances = await exchange.balances(venueBodies.balances.parse(body).account);
      return Object.fromEntries(Object.entries(balances).map(([c, v]) => [c, toText(v)]));
    },
    transfer: async (body) => {
      const { account, currency, amount, key } = venueBodies.transfer.parse(body);
      await exchange.transfer(account, currency, fixed(amount), key);
      log({ event: "transfer", account, currency, amount, key });
      return null;
    },
  };
  const server = createServer((request, response) => {
    void answer(request, response, methods);
  });
  await new Promise<void>((ok, fail) => {
    server.once("error", fail);
    server.listen(options.port ?? 0, "127.0.0.1", ok);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((ok) => {
      server.close(() => ok());
      server.closeAllConnections();
    });
  return { url, server, close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  methods: { readonly [M in VenueMethod]: (body: unknown) => Promise<unknown> },
): Promise<void> {
  const reply = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  try {
    const name = (request.url ?? "").slice(1);
    if (request.method !== "POST" || !Object.hasOwn(methods, name))
      return reply(404, { error: errorJson(new DomainError("NOT_FOUND", "no such method")) });
    reply(200, { result: await methods[name as VenueMethod](JSON.parse(await readBody(request))) });
  } catch (error) {
    reply(error instanceof DomainError ? 422 : 500, { error: errorJson(error) });
  }
}

function errorJson(error: unknown): VenueErrorJson {
  if (error instanceof DomainError)
    return { code: error.code, message: error.message, field: error.details.field ?? null, data: error.details.data ?? {} };
  return { code: "VENUE_ERROR", message: "the venue could not answer", field: null, data: {} };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY) throw new DomainError("TOO_LARGE", "the request is too large");
  }
  return text;
}
