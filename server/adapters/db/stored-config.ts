import { z } from "zod";

const decimal = z.string().nullable();

/** AgentConfig as it lies in the database: JSON with decimals as text. */
const schema = z.object({
  name: z.string(),
  symbols: z.array(z.string()),
  mode: z.literal("paper"),
  trigger: z.discriminatedUnion("kind", [z.object({ kind: z.literal("interval"), interval: z.string() }), z.object({ kind: z.literal("manual") })]),
  barInterval: z.string(),
  strategyText: z.string(),
  decider: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("rules"), ruleSet: z.string(), params: z.record(z.string(), z.number()) }),
    z.object({ kind: z.literal("model"), model: z.string() }),
  ]),
  /** Loose: the limits' own parser reads them again, and refuses what it does not know. */
  limits: z.looseObject({
    allowedSymbols: z.array(z.string()).nullable(),
    maxOrderNotional: decimal,
    maxPositionNotional: decimal,
    maxDailyLoss: decimal,
    maxOrdersPerHour: z.number().nullable(),
  }),
  protections: z.array(z.looseObject({ kind: z.string() })).optional(),
  dailyModelCap: z.string(),
  masked: z.boolean().optional(),
  settleAfterMs: z.number(),
});

export type StoredConfig = z.infer<typeof schema>;

/** Parses an agent's stored configuration; a row that does not parse is a bug and throws. */
export const storedConfig = (json: unknown): StoredConfig => schema.parse(json);
