import { z } from "zod";

/** A positive decimal as text: no sign, no exponent, at most 15 digits before and 18 after the point. */
const positive = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,18})?$/, 'must be a plain positive decimal as text, such as "250.5"')
  .refine((s) => /[1-9]/.test(s), "must be above zero");

/** What the model must answer: the input of the one tool it has to call. Unknown members are refused. */
export const decisionAnswer = z.strictObject({
  action: z.enum(["buy", "sell", "hold", "close"]),
  symbol: z.string().min(1).max(40),
  size: z.strictObject({ unit: z.enum(["quote", "base"]), amount: positive }).nullable(),
  orderType: z.enum(["market", "limit"]),
  limitPrice: positive.nullable(),
  stopLoss: positive.nullable(),
  takeProfit: positive.nullable(),
  confidence: z.number().min(0).max(1),
  horizonHours: z.number().positive().max(8760).nullable(),
  reasoning: z.string().trim().min(1).max(4000),
});

const amount = (description: string) => ({ type: ["string", "null"], description });

/** The same as JSON Schema, with the words a model needs. Kept by hand: a test holds the two together. */
export const DECISION_TOOL = {
  name: "submit_decision",
  description: "Submit the trading decision for this tick. Call it exactly once.",
  inputSchema: {
    type: "object",
    additionalProperties: false,
    required: ["action", "symbol", "size", "orderType", "limitPrice", "stopLoss", "takeProfit", "confidence", "horizonHours", "reasoning"],
    properties: {
      action: { type: "string", enum: ["buy", "sell", "hold", "close"], description: "close sells the whole position of the symbol at market" },
      symbol: { type: "string", description: "One of the symbols the agent may trade" },
      size: {
        type: ["object", "null"],
        additionalProperties: false,
        required: ["unit", "amount"],
        properties: {
          unit: { type: "string", enum: ["quote", "base"], description: "quote = cash amount, usual for buy; base = units, usual for sell" },
          amount: { type: "string", description: 'Plain positive decimal as text, such as "250.5"' },
        },
        description: "Required for buy and sell; null for hold and close",
      },
      orderType: { type: "string", enum: ["market", "limit"] },
      limitPrice: amount("Plain decimal as text; required for limit orders, else null"),
      stopLoss: amount("Recorded with the decision; not an order yet"),
      takeProfit: amount("Recorded with the decision; not an order yet"),
      confidence: { type: "number", minimum: 0, maximum: 1 },
      horizonHours: { type: ["number", "null"], description: "How long the idea is meant to hold" },
      reasoning: { type: "string", description: "Why, in a few sentences, naming the numbers that decided it" },
    },
  },
} as const;
