/** One word or number of a sentence with its place in it; `text` in lower case. */
export type Token = { readonly text: string; readonly raw: string; readonly start: number; readonly end: number; readonly number: string | null };

const PATTERN =
  /\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\.?(?![\d%])(?=\s|$|[,;!?])|\d[\d.,]*\d|\d|[%$€£,;]|[\p{L}][\p{L}\p{N}]*(?:[/-][\p{L}\p{N}]+)*/gu;
const DATE = /^(\d{4}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}(\/\d{2,4})?|\d{1,2}\.\d{1,2}\.(\d{2,4})?)$/;

/** Words, numbers and signs in order; everything between them (spaces, brackets, full stops) only separates. */
export function lex(sentence: string): readonly Token[] {
  const tokens: Token[] = [];
  // "31st" is 31; blanks in its place keep every position.
  const even = sentence.slice(0, 500).replaceAll(/(\d)(st|nd|rd|th)(?![\p{L}\p{N}])/giu, "$1  ");
  for (const match of even.matchAll(PATTERN)) {
    const raw = match[0];
    const start = match.index;
    const text = raw.toLowerCase();
    tokens.push({ text, raw, start, end: start + raw.length, number: /^\d/.test(raw) && !DATE.test(raw) ? raw : null });
  }
  return tokens;
}

/** How a number with separators is meant. */
export type NumberReading =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly choices: readonly [string, string] }
  | null;

/**
 * "1,000" is a thousand, "2,5" two and a half, "1,234.5" and "1.234,5" the same; "1.000" could be both and is asked about. Null when it
 * is no number.
 */
export function readNumber(raw: string): NumberReading {
  // More digits than any money has.
  if (raw.length > 16) return null;
  if (/^\d+$/.test(raw)) return { ok: true, value: plainNumber(raw) };
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(raw)) return { ok: true, value: plainNumber(raw.replaceAll(",", "")) };
  if (/^\d{1,3}(\.\d{3})+,\d+$/.test(raw) || /^\d{1,3}(\.\d{3}){2,}$/.test(raw))
    return { ok: true, value: plainNumber(raw.replaceAll(".", "").replace(",", ".")) };
  if (/^[1-9]\d{0,2}\.\d{3}$/.test(raw)) return { ok: false, choices: [raw.replace(".", ""), plainNumber(raw)] };
  if (/^\d+\.\d+$/.test(raw)) return { ok: true, value: plainNumber(raw) };
  if (/^\d+,\d{1,2}$/.test(raw)) return { ok: true, value: plainNumber(raw.replace(",", ".")) };
  return null;
}

const plainNumber = (text: string): string => {
  const [whole = "0", part = ""] = text.split(".");
  const decimals = part.replace(/0+$/, "");
  const head = whole.replace(/^0+(?=\d)/, "");
  return decimals ? `${head}.${decimals}` : head;
};
