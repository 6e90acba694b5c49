import { INTERVAL_MS, type Interval } from "@/server/market";
import { hashJson, type Json } from "@/server/shared";
import type { TurnInputs } from "./core-types";
import { type WindowPieces, windowPieces } from "./window-hash";

/** Members that rarely change from turn to turn: kept apart, so that all turns share one copy. */
export const SHARED_PARTS = ["agent", "instruments", "workspace"] as const;
type SharedPart = (typeof SHARED_PARTS)[number];

/** Inputs as recorded: shared parts and candle windows stand in by their hashes. */
export type StoredInputs = Omit<TurnInputs, SharedPart | "windows"> &
  Readonly<Record<SharedPart, string>> & { readonly windows: Readonly<Record<string, string>> };

const hashes = new WeakMap<object, string>();

/** The record's root, and every value that it names by hash. */
export function inputParts(inputs: TurnInputs): { readonly root: StoredInputs; readonly named: readonly Json[] } {
  const pieces = Object.values(inputs.windows).map((w) => windowPieces(w, barMsOf(inputs)));
  return {
    root: storedInputs(inputs),
    named: [
      ...SHARED_PARTS.map((part) => inputs[part] as unknown as Json),
      ...pieces.flatMap((w: WindowPieces) => [w.hashes as Json, ...w.pieces.map((p) => p as unknown as Json)]),
    ],
  };
}

/** The record's root alone. */
export function storedInputs(inputs: TurnInputs): StoredInputs {
  const windows: Record<string, string> = {};
  for (const symbol of Object.keys(inputs.windows)) windows[symbol] = windowPieces(inputs.windows[symbol] ?? [], barMsOf(inputs)).hash;
  return { ...inputs, agent: hashOf(inputs.agent), instruments: hashOf(inputs.instruments), workspace: hashOf(inputs.workspace), windows };
}

/** Length of a bar of the agent's windows (ms). */
export const barMsOf = (inputs: TurnInputs): number => INTERVAL_MS[inputs.agent.barInterval as Interval] ?? INTERVAL_MS["1h"];

/** Remembered per object: inputs are frozen by contract. */
function hashOf(part: TurnInputs[SharedPart]): string {
  let hash = hashes.get(part);
  if (hash === undefined) {
    hash = hashJson(part as unknown as Json);
    hashes.set(part, hash);
  }
  return hash;
}
