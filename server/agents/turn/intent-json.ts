import { fixed, type Json, toText } from "@/server/shared";
import type { OrderIntent } from "@/server/trading";

/** An intent as recorded: decimals as text. */
export type RecordedIntent = Omit<OrderIntent, "quantity" | "limitPrice"> & { readonly quantity: string; readonly limitPrice: string | null };

export const intentToJson = (intent: OrderIntent): RecordedIntent => ({
  ...intent,
  quantity: toText(intent.quantity),
  limitPrice: intent.limitPrice === null ? null : toText(intent.limitPrice),
});

export const intentFromJson = (recorded: RecordedIntent): OrderIntent => ({
  ...recorded,
  quantity: fixed(recorded.quantity),
  limitPrice: recorded.limitPrice === null ? null : fixed(recorded.limitPrice),
});

/** The intents of a recorded `intents` stage. */
export const intentsFromStage = (value: Json): readonly OrderIntent[] => (value as unknown as readonly RecordedIntent[]).map(intentFromJson);
