import { expect, it } from "vitest";
import { isTerminal, ORDER_EVENTS, transitionOrder } from "./order-state";
import { ORDER_STATUSES, type OrderStatus } from "./types";

const walk = (from: OrderStatus): Set<OrderStatus> => {
  const seen = new Set<OrderStatus>([from]);
  for (const status of seen) {
    for (const event of ORDER_EVENTS) {
      try {
        seen.add(transitionOrder(status, event));
      } catch {
        // Impossible here: the next test says which must be.
      }
    }
  }
  return seen;
};

it("reaches every status from intended, and nothing from an ended order", () => {
  expect([...walk("intended")].sort()).toEqual([...ORDER_STATUSES].sort());
  for (const status of ["filled", "cancelled", "expired", "rejected"] as const) {
    expect(isTerminal(status)).toBe(true);
    expect([...walk(status)]).toEqual([status]);
  }
});

it("a lost order is over, but one that turns up at the venue is followed to its end; it is never sent again", () => {
  expect(isTerminal("lost")).toBe(true);
  expect([...walk("lost")].sort()).toEqual(["cancelled", "expired", "filled", "lost", "open", "partially_filled"]);
});

it.each([
  ["intended", "fill-all"],
  ["intended", "acknowledge"],
  ["sending", "send"],
  ["open", "lose"],
  ["open", "send"],
  ["partially_filled", "reject"],
  ["filled", "cancel"],
  ["lost", "send"],
  ["lost", "reject"],
] as const)("an order that is %s cannot %s", (status, event) => {
  expect(() => transitionOrder(status, event)).toThrowError(expect.objectContaining({ code: "INVALID_ORDER_TRANSITION" }));
});
