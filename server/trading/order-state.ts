import { DomainError } from "@/server/shared";
import type { OrderStatus } from "./types";

/** What can happen to an order, from the product's point of view. */
export const ORDER_EVENTS = ["send", "acknowledge", "fill-part", "fill-all", "cancel", "expire", "reject", "lose"] as const;
export type OrderEvent = (typeof ORDER_EVENTS)[number];

const TABLE: Readonly<Record<OrderStatus, Partial<Record<OrderEvent, OrderStatus>>>> = {
  // An intent that is called off before it is sent never reaches the venue.
  intended: { send: "sending", cancel: "cancelled", expire: "expired", reject: "rejected" },
  // The acknowledgement can be overtaken by what happened to the order, so a query may find it in any later state.
  sending: {
    acknowledge: "open",
    "fill-part": "partially_filled",
    "fill-all": "filled",
    cancel: "cancelled",
    expire: "expired",
    reject: "rejected",
    lose: "lost",
  },
  open: { "fill-part": "partially_filled", "fill-all": "filled", cancel: "cancelled", expire: "expired" },
  partially_filled: { "fill-part": "partially_filled", "fill-all": "filled", cancel: "cancelled", expire: "expired" },
  filled: {},
  cancelled: {},
  expired: {},
  rejected: {},
  // Given up, but the venue has the last word: an order that turns up after all is booked like any other.
  lost: { acknowledge: "open", "fill-part": "partially_filled", "fill-all": "filled", cancel: "cancelled", expire: "expired" },
};

/** True when nothing more is expected of the order: what it held is free, its turn can be settled. */
export const isTerminal = (status: OrderStatus): boolean => status === "lost" || Object.keys(TABLE[status]).length === 0;

/** The only way an order's status changes. Throws INVALID_ORDER_TRANSITION for what cannot happen. */
export function transitionOrder(status: OrderStatus, event: OrderEvent): OrderStatus {
  const next = TABLE[status][event];
  if (!next) {
    throw new DomainError("INVALID_ORDER_TRANSITION", `an order that is ${status} cannot ${event}`, { kind: "conflict", data: { status, event } });
  }
  return next;
}
