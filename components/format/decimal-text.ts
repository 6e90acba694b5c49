import { formatDecimal } from "@/components/ui/format";

/** Exact decimal text ("-12.50") as scaled whole numbers: for showing and adding what the API sent, never for deciding. */
const SCALE = 18;

/** The value times 10^18. Throws for anything that is not a plain decimal. */
export function scaled(text: string): bigint {
  const m = /^(-)?(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (!m) throw new Error(`"${text}" is not a decimal`);
  const raw = BigInt(m[2] ?? "0") * 10n ** BigInt(SCALE) + BigInt((m[3] ?? "").padEnd(SCALE, "0"));
  return m[1] ? -raw : raw;
}

/** The shortest exact text of a scaled value. */
export function unscaled(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, "0");
  const fraction = digits.slice(-SCALE).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -SCALE)}${fraction ? `.${fraction}` : ""}`;
}

/** Whether the text is a decimal at all (checks also carry words). */
export function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d{1,18})?$/.test(text);
}

/** -1, 0 or 1. */
export function signOf(text: string): -1 | 0 | 1 {
  const value = scaled(text);
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

/** Exact sum of decimal texts. */
export function sumText(values: readonly string[]): string {
  return unscaled(values.reduce((sum, v) => sum + scaled(v), 0n));
}

export type FigureFormat = {
  /** Digits always shown after the point, and the most shown. */
  readonly min?: number;
  readonly max?: number;
  /** Puts + before gains; zero stays without a sign. */
  readonly signed?: boolean;
};

/** Grouped text with as many decimals as it has, between `min` and `max`: "12,000", "−1.64", "+40.80". */
export function formatFigure(text: string, { min = 0, max = 8, signed = false }: FigureFormat = {}): string {
  const full = formatDecimal(text, max);
  const zeros = max > 0 ? (/0*$/.exec(full)?.[0].length ?? 0) : 0;
  const cut = full.slice(0, full.length - Math.min(zeros, max - min));
  const shown = cut.endsWith(".") ? cut.slice(0, -1) : cut;
  return signed && !shown.startsWith("−") && /[1-9]/.test(shown) ? `+${shown}` : shown;
}

/** Money with two decimals: "4,999.72". */
export function formatMoney(text: string, signed = false): string {
  return formatFigure(text, { min: 2, max: 2, signed });
}

/** What a share of a limit is, 0 to 100, for widths only. */
export function percentOf(value: string, whole: string): number {
  const top = scaled(whole);
  if (top <= 0n) return 0;
  return Math.max(0, Math.min(100, Number((scaled(value) * 10_000n) / top) / 100));
}
