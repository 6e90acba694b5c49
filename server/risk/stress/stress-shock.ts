import { z } from "zod";

const share = z.number().gte(-1).lte(10);
const symbols = z.array(z.string().min(1).max(40)).min(1).max(500);
const confidence = z.number().gte(0.5).lte(0.9999);
/** Steps of the return matrix the loss builds up over. */
const steps = z.number().int().gte(1).lte(365);

/**
 * A shock a user defines. Unknown kinds, unknown fields and sizes without meaning are refused by the schema.
 * - `price`: prices change by a share (−0.3 = −30 %), of all markets or of those named.
 * - `volatility`: all volatilities are `factor` times those of the returns; the loss is the gaussian VaR of that, without drift.
 * - `correlation-to-one`: all markets move together, each by its own volatility (times `factor`); the loss at the confidence.
 * - `depeg`: a currency is worth `price` of what it should be. What is held of it loses; what is only quoted in it keeps its own worth.
 * - `venue-down`: what is held at a venue moves by `change` before it can be acted on, and `recovery` of it comes back in the end.
 */
export const stressShock = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("price"), change: share, symbols: symbols.optional() }),
  z.strictObject({ kind: z.literal("volatility"), factor: z.number().gt(0).lte(100), confidence, steps: steps.default(1) }),
  z.strictObject({ kind: z.literal("correlation-to-one"), factor: z.number().gt(0).lte(100).default(1), confidence, steps: steps.default(1) }),
  z.strictObject({ kind: z.literal("depeg"), currency: z.string().regex(/^[A-Z0-9]{2,12}$/), price: z.number().gte(0).lt(1) }),
  z.strictObject({ kind: z.literal("venue-down"), venue: z.string().min(1).max(80), change: share.default(0), recovery: z.number().gte(0).lte(1) }),
]);

export type StressShock = z.infer<typeof stressShock>;
