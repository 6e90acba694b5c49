/** Exact decimal text ("-12.50") as scaled whole numbers: for showing and adding what the API sent, never for deciding. */
const SCALE = 18;
const MINUS = "−";
const THIN = " ";

/** Rounds decimal text half away from zero to `decimals` digits and groups thousands; "-0.00" loses its sign. */
export function formatDecimal(text: string, decimals: number): string {
  const negative = text.startsWith("-");
  const [whole = "0", frac = ""] = text.replace("-", "").split(".");
  const kept = frac.slice(0, decimals).padEnd(decimals, "0");
  let digits = BigInt(whole + kept);
  if ((frac[decimals] ?? "0") >= "5") digits += 1n;
  const all = digits.toString().padStart(decimals + 1, "0");
  const left = all.slice(0, all.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const body = decimals > 0 ? `${left}.${all.slice(-decimals)}` : left;
  return negative && digits !== 0n ? `${MINUS}${body}` : body;
}

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

/** -1, 0 or 1; with `decimals`, as it would be shown with so many: "-0.001" shows as zero. */
export function signOf(text: string, decimals?: number): -1 | 0 | 1 {
  const shown = decimals === undefined ? text.replace("-", MINUS) : formatDecimal(text, decimals);
  if (!/[1-9]/.test(shown)) return 0;
  return shown.startsWith(MINUS) ? -1 : 1;
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
  return signed && !shown.startsWith(MINUS) && /[1-9]/.test(shown) ? `+${shown}` : shown;
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

/** A fraction as percent: "0.1404" → "14.04 %". */
export const formatPercent = (fraction: string, decimals = 2): string => `${formatDecimal(shift(fraction, 2), decimals)}${THIN}%`;

/** Moves the decimal point of a decimal text to the right. */
export function shift(text: string, places: number): string {
  const negative = text.startsWith("-");
  const [whole = "0", frac = ""] = text.replace("-", "").split(".");
  const padded = frac.padEnd(places, "0");
  const body = `${whole}${padded.slice(0, places)}`.replace(/^0+(?=\d)/, "");
  const rest = padded.slice(places);
  return `${negative ? "-" : ""}${body}${rest ? `.${rest}` : ""}`;
}

export const shortHash = (hash: string): string => (hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);
