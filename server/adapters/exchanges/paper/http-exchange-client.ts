import { DomainError, type Fixed, fixed, toText } from "@/server/shared";
import type { ExchangeClient, Execution, Instrument, PlaceOrder, VenueOrder } from "@/server/trading";
import { type ExecutionJson, executionFromJson } from "./execution-json";
import { orderFromJson, placeToJson, type VenueErrorJson, type VenueMethod, type VenueOrderJson } from "./venue-protocol";

/** What may be asked again when the line breaks. An order never is: it may have arrived. */
const REPEATABLE: ReadonlySet<VenueMethod> = new Set(["instrument", "find", "executions", "advance", "balances", "transfer", "cancel"]);
const TRIES = 3;
const BACK_OFF_MS = 50;

/** A paper venue in another process. Reads and idempotent calls are retried with jitter; `place` is sent once. */
export class HttpExchangeClient implements ExchangeClient {
  readonly venue = { id: "paper", label: "Paper venue (own process)", simulated: true } as const;
  constructor(
    private readonly url: string,
    private readonly timeoutMs = 5_000,
  ) {}

  async instrument(symbol: string): Promise<Instrument> {
    const raw = await this.#call<Record<string, string>>("instrument", { symbol });
    const text = (name: string): string => raw[name] ?? "";
    const num = (name: string): Fixed => fixed(text(name));
    return {
      symbol: text("symbol"),
      base: text("base"),
      quote: text("quote"),
      tickSize: num("tickSize"),
      lotSize: num("lotSize"),
      minQuantity: num("minQuantity"),
      maxQuantity: num("maxQuantity"),
      minNotional: num("minNotional"),
      makerFee: num("makerFee"),
      takerFee: num("takerFee"),
    };
  }

  async place(account: string, order: PlaceOrder, signal?: AbortSignal): Promise<VenueOrder> {
    const placed = orderFromJson(await this.#call<VenueOrderJson>("place", { account, order: placeToJson(order) }, signal));
    if (!placed) throw unavailable("place", undefined);
    return placed;
  }

  async cancel(account: string, clientOrderId: string, at: number, signal?: AbortSignal): Promise<VenueOrder | null> {
    return orderFromJson(await this.#call<VenueOrderJson | null>("cancel", { account, clientOrderId, at }, signal));
  }

  async find(account: string, clientOrderId: string, signal?: AbortSignal): Promise<VenueOrder | null> {
    return orderFromJson(await this.#call<VenueOrderJson | null>("find", { account, clientOrderId }, signal));
  }

  async executions(account: string, afterSequence: number, signal?: AbortSignal): Promise<readonly Execution[]> {
    return (await this.#call<ExecutionJson[]>("executions", { account, afterSequence }, signal)).map(executionFromJson);
  }

  async advanceTo(account: string, at: number): Promise<void> {
    await this.#call("advance", { account, at });
  }

  async balances(account: string): Promise<Readonly<Record<string, Fixed>>> {
    const raw = await this.#call<Record<string, string>>("balances", { account });
    return Object.fromEntries(Object.entries(raw).map(([currency, amount]) => [currency, fixed(amount)]));
  }

  async transfer(account: string, currency: string, amount: Fixed, key: string): Promise<void> {
    await this.#call("transfer", { account, currency, amount: toText(amount), key });
  }

  async #call<T>(method: VenueMethod, body: unknown, signal?: AbortSignal): Promise<T> {
    const tries = REPEATABLE.has(method) ? TRIES : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        const timeout = AbortSignal.timeout(this.timeoutMs);
        const response = await fetch(`${this.url}/${method}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
        const answer = (await response.json()) as { readonly result?: T; readonly error?: VenueErrorJson };
        if (response.status === 422 && answer.error) throw refusal(answer.error);
        if (!response.ok) throw new Error(`status ${response.status}`);
        return answer.result as T;
      } catch (cause) {
        if (cause instanceof DomainError) throw cause;
        if (attempt >= tries || signal?.aborted) throw unavailable(method, cause);
        await new Promise((ok) => setTimeout(ok, BACK_OFF_MS * 2 ** attempt * (0.5 + Math.random())));
      }
    }
  }
}

const refusal = (e: VenueErrorJson): DomainError =>
  new DomainError(e.code, e.message, { kind: "invalid", field: e.field ?? undefined, data: e.data });

const unavailable = (method: string, cause: unknown): DomainError =>
  new DomainError("VENUE_UNAVAILABLE", `the venue did not answer (${method}); whether it acted is unknown`, { kind: "unavailable", cause });
