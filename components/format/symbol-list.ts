/** "btc/usdt, DOGE/USDT" as symbols; null for an empty text, which means that there is no list. */
export function parseSymbolList(text: string): string[] | null {
  const symbols = text.split(/[\s,]+/).filter((s) => s !== "");
  return symbols.length > 0 ? symbols.map((s) => s.toUpperCase()) : null;
}

/** Symbols as the text that `parseSymbolList` reads back. */
export const symbolListText = (symbols: readonly string[] | null): string => symbols?.join(", ") ?? "";
