import { z } from "zod";
import { fixed, toText } from "@/server/shared";
import type { PlaceOrder, VenueOrder } from "@/server/trading";

const decimal = z.string().regex(/^-?\d{1,20}(\.\d{1,18})?$/);

/** Bodies of the venue's requests: one POST path per method, decimals as text. */
export const venueBodies = {
  instrument: z.object({ symbol: z.string() }),
  place: z.object({
    account: z.string().min(1),
    order: z.object({
      clientOrderId: z.string().min(1),
      symbol: z.string(),
      side: z.enum(["buy", "sell"]),
      type: z.enum(["market", "limit"]),
      quantity: decimal,
      limitPrice: decimal.nullable(),
      reduceOnly: z.boolean(),
      expiresAt: z.number().nullable(),
      at: z.number(),
    }),
  }),
  cancel: z.object({ account: z.string(), clientOrderId: z.string(), at: z.number() }),
  find: z.object({ account: z.string(), clientOrderId: z.string() }),
  executions: z.object({ account: z.string(), afterSequence: z.number() }),
  advance: z.object({ account: z.string(), at: z.number() }),
  balances: z.object({ account: z.string() }),
  transfer: z.object({ account: z.string(), currency: z.string(), amount: decimal, key: z.string() }),
} as const;
export type VenueMethod = keyof typeof venueBodies;

export type PlaceJson = z.infer<(typeof venueBodies)["place"]>["order"];
export const placeToJson = (o: PlaceOrder): PlaceJson => ({
  clientOrderId: o.clientOrderId,
  symbol: o.symbol,
  side: o.side,
  type: o.type,
  quantity: toText(o.quantity),
  limitPrice: o.limitPrice === null ? null : toText(o.limitPrice),
  reduceOnly: o.reduceOnly,
  expiresAt: o.expiresAt,
  at: o.at,
});
export const placeFromJson = (o: PlaceJson): PlaceOrder => ({
  ...o,
  quantity: fixed(o.quantity),
  limitPrice: o.limitPrice === null ? null : fixed(o.limitPrice),
});

export type VenueOrderJson = Omit<VenueOrder, "filledQuantity"> & { readonly filledQuantity: string };
export const orderToJson = (o: VenueOrder | null): VenueOrderJson | null => o && { ...o, filledQuantity: toText(o.filledQuantity) };
export const orderFromJson = (o: VenueOrderJson | null): VenueOrder | null => o && { ...o, filledQuantity: fixed(o.filledQuantity) };

/** How a typed error crosses the wire. */
export type VenueErrorJson = {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
};
