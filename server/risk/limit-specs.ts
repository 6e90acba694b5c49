import type { Limits } from "./types";

/** How a limit is written: money in quote currency, a percentage, a whole number, a fraction below one, hours of the day, or a list. */
export type LimitKind = "symbols" | "money" | "percent" | "count" | "fraction" | "hours" | "sectors";

/** One limit: what it is, in words for people, and the range of what may be set. */
export type LimitSpec = { readonly kind: LimitKind; readonly title: string; readonly unit: string; readonly min?: number; readonly max?: number };

/** Every limit there is, at any level, in the order they are shown. */
export const LIMIT_SPECS: { readonly [K in keyof Limits]-?: LimitSpec } = {
  allowedSymbols: { kind: "symbols", title: "Allowed markets", unit: "" },
  maxOrderNotional: { kind: "money", title: "Largest order", unit: "quote" },
  maxPositionNotional: { kind: "money", title: "Largest position in one market", unit: "quote" },
  maxDailyLoss: { kind: "money", title: "Loss of a day", unit: "quote" },
  maxOrdersPerHour: { kind: "count", title: "Orders in an hour", unit: "orders", min: 1, max: 1000 },
  minOrderNotional: { kind: "money", title: "Smallest order", unit: "quote" },
  maxGrossNotional: { kind: "money", title: "All positions together", unit: "quote" },
  maxGrossPercent: { kind: "percent", title: "Share of equity that is invested", unit: "% of equity", max: 1000 },
  maxSymbolPercent: { kind: "percent", title: "Share of equity in one market", unit: "% of equity", max: 1000 },
  maxSectorPercent: { kind: "percent", title: "Share of equity in one sector", unit: "% of equity", max: 1000 },
  maxCorrelatedPercent: { kind: "percent", title: "Share of equity in markets that move together", unit: "% of equity", max: 1000 },
  correlationThreshold: { kind: "fraction", title: "Correlation from which markets count as moving together", unit: "" },
  maxVolumePercent: { kind: "percent", title: "Share of the traded volume", unit: "% of volume", max: 100 },
  volumeBars: { kind: "count", title: "Bars the volume is summed over", unit: "bars", min: 1, max: 200 },
  maxDepthPercent: { kind: "percent", title: "Share of the book's depth", unit: "% of depth", max: 100 },
  priceCollarBps: { kind: "count", title: "Distance from the reference price", unit: "bps", min: 1, max: 10_000 },
  maxPriceAgeSeconds: { kind: "count", title: "Age of the last price", unit: "seconds", min: 1, max: 2_592_000 },
  maxOrdersPerMinute: { kind: "count", title: "Orders in a minute", unit: "orders", min: 1, max: 1000 },
  duplicateWindowSeconds: { kind: "count", title: "No second order like it within", unit: "seconds", min: 1, max: 86_400 },
  tradingHours: { kind: "hours", title: "Hours in which positions may be opened (UTC)", unit: "" },
  sectors: { kind: "sectors", title: "Sectors of markets", unit: "" },
};

export type LimitName = keyof Limits;
export const LIMIT_NAMES = Object.keys(LIMIT_SPECS) as readonly LimitName[];
/** The limits of the first version: always written, so that a stored configuration of then and of now are the same text. */
export const FIRST_LIMITS = ["allowedSymbols", "maxOrderNotional", "maxPositionNotional", "maxDailyLoss", "maxOrdersPerHour"] as const;
