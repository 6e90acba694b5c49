/** Exact formatting of decimal text: no float ever touches a shown amount. */

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

/** Quantity or price: the digits it has, grouped, at most `most` decimals, no trailing zeros. */
export function formatPlain(text: string, most = 8): string {
  const shown = formatDecimal(text, Math.min(most, text.split(".")[1]?.length ?? 0));
  return shown.includes(".") ? shown.replace(/\.?0+$/, "") : shown;
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

/** −1, 0 or 1: whether the text is below, at or above zero as it would be shown with so many decimals. */
export function signOf(text: string, decimals = 2): -1 | 0 | 1 {
  const shown = formatDecimal(text, decimals);
  if (!/[1-9]/.test(shown)) return 0;
  return shown.startsWith(MINUS) ? -1 : 1;
}

/** For lengths of bars and lines only. */
export const toPixelNumber = (text: string): number => Number(text);

export const shortHash = (hash: string): string => (hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash);
