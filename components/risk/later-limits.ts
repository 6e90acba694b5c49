import type { LimitsView } from "@/server/api/contract/risk-limits";

type First = "allowedSymbols" | "maxOrderNotional" | "maxPositionNotional" | "maxDailyLoss" | "maxOrdersPerHour";
export type LaterLimit = Exclude<keyof LimitsView, First>;
/** The limits that most agents do without, as typed: an empty text is "no limit". */
export type LaterDraft = Readonly<Record<LaterLimit, string>>;

export type LimitField = { readonly name: LaterLimit; readonly label: string; readonly unit: string; readonly hint?: string; readonly whole?: true };
export type LimitGroup = { readonly title: string; readonly hint: string; readonly fields: readonly LimitField[] };

/** In the groups they are shown in. `unit` "quote" is the currency of the form. */
export const LIMIT_GROUPS: readonly LimitGroup[] = [
  {
    title: "Exposure",
    hint: "How much may be invested at once, in all markets, in one, in one sector, in markets that move together.",
    fields: [
      { name: "maxGrossNotional", label: "All positions together", unit: "quote" },
      { name: "maxGrossPercent", label: "Share that is invested", unit: "% of equity" },
      { name: "maxSymbolPercent", label: "Share of one market", unit: "% of equity" },
      { name: "maxSectorPercent", label: "Share of one sector", unit: "% of equity" },
      { name: "maxCorrelatedPercent", label: "Share of markets that move together", unit: "% of equity" },
      { name: "correlationThreshold", label: "Together from a correlation of", unit: "0 to 1", hint: "Empty: 0.7." },
    ],
  },
  {
    title: "Prices and hours",
    hint: "Refuses prices that are far off or old, and buys outside your hours.",
    fields: [
      { name: "priceCollarBps", label: "Distance from the last close", unit: "bps", whole: true },
      { name: "maxPriceAgeSeconds", label: "Age of the last price", unit: "seconds", whole: true },
      { name: "tradingHours", label: "Opens positions within", unit: "UTC", hint: "Such as 08:00-20:00, or 22:00-06:00 over midnight." },
    ],
  },
  {
    title: "Pace and size",
    hint: "Keeps orders apart, above a smallest size, and small beside what the market trades.",
    fields: [
      { name: "maxOrdersPerMinute", label: "Orders a minute", unit: "orders", whole: true },
      { name: "duplicateWindowSeconds", label: "No same order within", unit: "seconds", whole: true },
      { name: "minOrderNotional", label: "Smallest order", unit: "quote" },
      { name: "maxVolumePercent", label: "Share of the volume", unit: "%" },
      { name: "volumeBars", label: "Volume of the last", unit: "bars", hint: "Empty: 24.", whole: true },
      { name: "maxDepthPercent", label: "Share of the book", unit: "%", hint: "Binds where the venue shows a book." },
    ],
  },
  {
    title: "Sectors",
    hint: "Only needed to count markets otherwise than the product's own table does.",
    fields: [{ name: "sectors", label: "Sector of markets", unit: "", hint: "One a line, such as BTC/USDT = store of value." }],
  },
];

const FIELDS = LIMIT_GROUPS.flatMap((g) => g.fields);

/** Stored limits as texts. */
export const laterDraft = (limits: Partial<LimitsView>): LaterDraft =>
  Object.fromEntries(
    FIELDS.map(({ name }) => {
      const value = limits[name] ?? "";
      return [name, typeof value === "object" ? sectorsText(value) : String(value)];
    }),
  ) as LaterDraft;

/** The texts as the API takes them, without those that are empty. A count that is no number is sent as NaN, which the API refuses by name. */
export function laterLimits(draft: LaterDraft): Pick<LimitsView, LaterLimit> {
  const out: Record<string, unknown> = {};
  for (const { name, whole } of FIELDS) {
    const text = draft[name].trim();
    if (text === "") continue;
    out[name] = name === "sectors" ? sectorsOf(text) : whole ? Number(text) : text;
  }
  return out as Pick<LimitsView, LaterLimit>;
}

const sectorsText = (sectors: Readonly<Record<string, string>>): string =>
  Object.entries(sectors)
    .map(([symbol, sector]) => `${symbol} = ${sector}`)
    .join("\n");

/** "btc/usdt = Store of value" a line. What has no "=" is sent as it is, with an empty sector, which the API refuses by name. */
function sectorsOf(text: string): Record<string, string> {
  const lines = text.split(/[\n,]+/).filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [symbol = "", sector = ""] = line.split("=");
      return [symbol.trim().toUpperCase(), sector.trim().toLowerCase()];
    }),
  );
}
