import { sha256 } from "@/server/shared";
import type { TurnInputs } from "./core-types";

export type Window = TurnInputs["windows"][string];

const known = new WeakMap<Window, string>();

const rowTexts = new WeakMap<Window[number], string>();

/**
 * SHA-256 of a candle window's canonical JSON. Rows hold only numbers and strings, so JSON.stringify is already canonical.
 * Remembered per array object, rows too: inputs are frozen by contract, one turn asks twice, and in a backtest
 * successive windows share all rows but one.
 */
export function windowHash(window: Window): string {
  const before = known.get(window);
  if (before) return before;
  const hash = sha256(`[${window.map(rowText).join(",")}]`);
  known.set(window, hash);
  return hash;
}

function rowText(row: Window[number]): string {
  let text = rowTexts.get(row);
  if (text === undefined) {
    text = JSON.stringify(row);
    rowTexts.set(row, text);
  }
  return text;
}
