import { fixed, toText } from "@/server/shared";
import type { Execution } from "@/server/trading";

/** An execution as plain JSON, decimals as text. */
export type ExecutionJson = Omit<Execution, "quantity" | "price" | "fee"> & {
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
};

export const executionToJson = (e: Execution): ExecutionJson => ({ ...e, quantity: toText(e.quantity), price: toText(e.price), fee: toText(e.fee) });

export const executionFromJson = (e: ExecutionJson): Execution => ({ ...e, quantity: fixed(e.quantity), price: fixed(e.price), fee: fixed(e.fee) });
