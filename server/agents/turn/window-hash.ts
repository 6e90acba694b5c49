import { sha256 } from "@/server/shared";
import type { TurnInputs } from "./core-types";

export type Window = TurnInputs["windows"][string];

const known = new WeakMap<Window, string>();

/**
 * SHA-256 of a candle window's canonical JSON. Rows hold only numbers and strings, so JSON.stringify is already canonical,
 * and natively fast. Remembered per array object: inputs are frozen by contract, and one turn asks twice.
 */
export function windowHash(window: Window): string {
  const before = known.get(window);
  if (before) return before;
  const hash = sha256(JSON.stringify(window));
  known.set(window, hash);
  return hash;
}
