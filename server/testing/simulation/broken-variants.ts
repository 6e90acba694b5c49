import type { TurnLease } from "@/server/agents";
import { DomainError, hashId } from "@/server/shared";
import type { Execution, OrderEvent, OrderStatus } from "@/server/trading";
import type { TurnRow } from "./memory-books";
import { MemoryOrderStore } from "./memory-order-store";
import { MemoryTurnStore } from "./memory-turn-store";
import { overriding, type SimulationVariant } from "./simulated-world";

/** Shells and stores with one mistake each, and the violation by which the simulation must find it. */
export const BROKEN_VARIANTS: readonly (SimulationVariant & { readonly foundBy: RegExp })[] = [
  {
    name: "a shell that sends again when the venue did not answer",
    foundBy: /the order \S+ came to the venue 2 times/,
    exchange: (exchange) =>
      overriding(exchange, {
        place: async (...args) => {
          try {
            return await exchange.place(...args);
          } catch (error) {
            if (!(error instanceof DomainError) || error.code !== "VENUE_UNAVAILABLE") throw error;
            return exchange.place(...args);
          }
        },
      }),
  },
  {
    name: "stores that do not look at fencing tokens",
    foundBy: /the turn \S+ went from (executing|settled|intended|failed) to|is there already/,
    stores: (stores, books) => ({ ...stores, turns: new UnfencedTurnStore(books), orders: new UnfencedOrderStore(books) }),
  },
  {
    name: "fills that are posted without a key",
    foundBy: /is booked [2-9] times/,
    stores: (stores, books) => ({ ...stores, orders: new KeylessOrderStore(books) }),
  },
  {
    name: "a budget that does not say that a call was reserved before",
    foundBy: /the model was asked again/,
    stores: (stores) => ({
      ...stores,
      budget: overriding(stores.budget, {
        reserve: async (...args) => {
          await stores.budget.reserve(...args);
          return true;
        },
      }),
    }),
  },
  {
    name: "a sender that does not look at the kill switch",
    foundBy: /was begun after the halt was acknowledged/,
    stores: (stores, books) => ({ ...stores, orders: new UnstoppableOrderStore(books) }),
  },
  {
    name: "commits that are not judged again by what other agents have committed",
    foundBy: /the workspace (would hold|made)/,
    stores: (stores, books) => ({ ...stores, turns: new HastyTurnStore(books) }),
  },
];

class UnfencedTurnStore extends MemoryTurnStore {
  protected override fenced(lease: TurnLease): TurnRow {
    const turn = this.state.turns.get(lease.turnId);
    if (!turn) throw new Error(`there is no turn ${lease.turnId}`);
    return turn;
  }
}

class UnfencedOrderStore extends MemoryOrderStore {
  protected override holds(): boolean {
    return true;
  }
}

class KeylessOrderStore extends MemoryOrderStore {
  #posted = 0;
  protected override fresh(_agentId: string, executions: readonly Execution[]): readonly Execution[] {
    return executions;
  }
  protected override moved(_status: OrderStatus, event: OrderEvent): OrderStatus {
    return event === "fill-all" ? "filled" : "partially_filled";
  }
  protected override fillId(): string {
    return hashId("fill", this.#posted++);
  }
}

class UnstoppableOrderStore extends MemoryOrderStore {
  protected override mayOpen(): boolean {
    return true;
  }
}

class HastyTurnStore extends MemoryTurnStore {
  protected override stillAllows(): boolean {
    return true;
  }
}
