/** A scenario as it is being typed. */
export type ShockDraft = {
  readonly name: string;
  readonly kind: "price" | "volatility" | "correlation-to-one" | "depeg" | "venue-down";
  /** Percent for prices (−30), a factor, or what is left of a currency. */
  readonly size: string;
  readonly symbols: string;
  readonly currency: string;
};

export const SHOCK_KINDS = [
  ["price", "Prices change"],
  ["volatility", "Volatility grows"],
  ["correlation-to-one", "Everything moves as one"],
  ["depeg", "A currency loses its peg"],
  ["venue-down", "The venue is down"],
] as const;

export const EMPTY_SHOCK: ShockDraft = { name: "", kind: "price", size: "-30", symbols: "", currency: "USDT" };

export const SIZE_LABELS: Readonly<Record<ShockDraft["kind"], { readonly label: string; readonly hint: string }>> = {
  price: { label: "Change, %", hint: "−30 is a fall by 30 %." },
  volatility: { label: "Times today's", hint: "2 doubles it; the loss is that of the chosen confidence, over one step." },
  "correlation-to-one": { label: "Times today's volatility", hint: "1 leaves it as it is." },
  depeg: { label: "Worth of one", hint: "0.9 is a loss of 10 %." },
  "venue-down": { label: "Comes back, %", hint: "50 loses half of what is held there." },
};

/** What the API is asked to store. A size that is no number is sent as it is: the refusal comes from there, in words. */
export function toShock(draft: ShockDraft, venue: string, confidence: number) {
  const size = Number(draft.size.replace("−", "-").replace(",", "."));
  const symbols = draft.symbols
    .split(/[\s,]+/)
    .map((s) => s.trim().toUpperCase())
    .filter(Boolean);
  switch (draft.kind) {
    case "price":
      return { kind: "price" as const, change: size / 100, ...(symbols.length > 0 ? { symbols } : {}) };
    case "volatility":
    case "correlation-to-one":
      return { kind: draft.kind, factor: size, confidence, steps: 1 };
    case "depeg":
      return { kind: "depeg" as const, currency: draft.currency.trim().toUpperCase(), price: size };
    default:
      return { kind: "venue-down" as const, venue, change: 0, recovery: size / 100 };
  }
}
