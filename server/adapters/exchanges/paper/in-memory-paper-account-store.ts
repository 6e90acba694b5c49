import { EMPTY_PAPER_ACCOUNT, type Execution, type PaperAccountState, type PaperOrder } from "@/server/trading";
import type { PaperAccountStore } from "./paper-account-store";

type Entry = { state: PaperAccountState; version: number; readonly orders: Map<string, PaperOrder>; readonly executions: Execution[] };

/** Books in memory: backtests, tests, and the venue that runs as a process of its own. */
export class InMemoryPaperAccountStore implements PaperAccountStore {
  readonly #accounts = new Map<string, Entry>();

  async load(account: string) {
    const entry = this.#accounts.get(account);
    return entry ? { state: entry.state, version: entry.version } : { state: EMPTY_PAPER_ACCOUNT, version: 0 };
  }

  async save(
    account: string,
    expectedVersion: number,
    next: { state: PaperAccountState; orders: readonly PaperOrder[]; executions: readonly Execution[] },
  ) {
    const entry: Entry = this.#accounts.get(account) ?? { state: EMPTY_PAPER_ACCOUNT, version: 0, orders: new Map(), executions: [] };
    if (entry.version !== expectedVersion) return false;
    this.#accounts.set(account, entry);
    entry.state = next.state;
    entry.version += 1;
    for (const order of next.orders) entry.orders.set(order.clientOrderId, order);
    entry.executions.push(...next.executions);
    return true;
  }

  async findOrder(account: string, clientOrderId: string) {
    return this.#accounts.get(account)?.orders.get(clientOrderId) ?? null;
  }

  async executionsAfter(account: string, sequence: number) {
    return (this.#accounts.get(account)?.executions ?? []).filter((e) => e.sequence > sequence);
  }
}
