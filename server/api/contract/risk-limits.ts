/** Limits and protections as the API takes and shows them. Decimals travel as exact text. */
import { z } from "zod";

const symbolKey = z.string().regex(/^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/, "must look like BTC/USDT");
const positive = (text: z.ZodString) => text.refine((s) => /[1-9]/.test(s), "must be above zero");
const money = positive(z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, "must be zero or more, with at most 6 decimals"));
const percentText = positive(z.string().regex(/^\d{1,4}(\.\d{1,4})?$/, "must be a percentage, with at most 4 decimals"));
const percentUpTo = (most: number) =>
  percentText
    .refine((s) => Number(s) <= most, `must be at most ${most} per cent`)
    .nullable()
    .optional();
const whole = (min: number, max: number) => z.int(`must be a whole number`).min(min).max(max).nullable().optional();
const hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "must be two times such as 08:00-20:00 (UTC)")
  .refine((s) => s.slice(0, 5) !== s.slice(6), "must be two different times");

/** Limits that came after the first five: all may be left out. */
export const laterLimits = {
  minOrderNotional: money.nullable().optional(),
  maxGrossNotional: money.nullable().optional(),
  maxGrossPercent: percentUpTo(1000),
  maxSymbolPercent: percentUpTo(1000),
  maxSectorPercent: percentUpTo(1000),
  maxCorrelatedPercent: percentUpTo(1000),
  correlationThreshold: z
    .string()
    .regex(/^0\.\d{1,4}$/, "must be above 0 and below 1, such as 0.7")
    .refine((s) => /[1-9]/.test(s), "must be above 0")
    .nullable()
    .optional(),
  maxVolumePercent: percentUpTo(100),
  volumeBars: whole(1, 200),
  maxDepthPercent: percentUpTo(100),
  priceCollarBps: whole(1, 10_000),
  maxPriceAgeSeconds: whole(1, 2_592_000),
  maxOrdersPerMinute: whole(1, 1000),
  duplicateWindowSeconds: whole(1, 86_400),
  tradingHours: hours.nullable().optional(),
  sectors: z
    .record(symbolKey, z.string().regex(/^[a-z0-9][a-z0-9 -]{0,39}$/, "must be a name in small letters, such as store of value"))
    .refine((r) => Object.keys(r).length <= 200, "must name at most 200 markets")
    .nullable()
    .optional(),
} as const;

const minutes = z.int("must be a whole number").min(1).max(129_600);
const trades = z.int("must be a whole number").min(1).max(1000);
const lookback = { lookbackMinutes: minutes, stopMinutes: minutes, tradeLimit: trades };
const percentOrZero = z.string().regex(/^\d{1,3}(\.\d{1,4})?$/, "must be a percentage of zero or more, with at most 4 decimals");

export const protectionInput = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("stop-loss-guard"),
    ...lookback,
    lossPercent: percentOrZero.default("0"),
    onlyPerPair: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("max-drawdown"), ...lookback, maxDrawdownPercent: percentOrZero }),
  z.strictObject({
    kind: z.literal("low-profit-pairs"),
    ...lookback,
    requiredProfitPercent: z
      .string()
      .regex(/^-?\d{1,3}(\.\d{1,4})?$/, "must be a percentage, with at most 4 decimals")
      .default("0"),
  }),
  z.strictObject({ kind: z.literal("cooldown-period"), stopMinutes: minutes }),
]);
export const protectionsInput = z.array(protectionInput).max(8).default([]);

/** Limits as shown: those that were never set may be absent. */
export type LimitsView = {
  allowedSymbols: string[] | null;
  maxOrderNotional: string | null;
  maxPositionNotional: string | null;
  maxDailyLoss: string | null;
  maxOrdersPerHour: number | null;
} & { [K in keyof typeof laterLimits]?: z.output<(typeof laterLimits)[K]> };

export type ProtectionView = z.output<typeof protectionInput>;
