import { type TurnInputs, windowHash } from "@/server/agents";
import type { Json } from "@/server/shared";
import type { PrismaBlobStore } from "./prisma-blob-store";

/** Inputs as stored: one blob whose windows are names of others, so that overlapping ticks share nothing twice. Its hash is hashInputs. */
export function inputsBlobs(inputs: TurnInputs): Json[] {
  const windows: Record<string, string> = {};
  for (const [symbol, window] of Object.entries(inputs.windows)) windows[symbol] = windowHash(window);
  return [{ ...inputs, windows } as unknown as Json, ...Object.values(inputs.windows).map((w) => w as unknown as Json)];
}

/** The inverse of {@link inputsBlobs}; null when a window is gone. */
export async function joinInputs(blobs: PrismaBlobStore, stored: Json): Promise<TurnInputs | null> {
  const { windows: names, ...rest } = stored as unknown as Omit<TurnInputs, "windows"> & { windows: Record<string, string> };
  const found = await blobs.getMany(Object.values(names));
  const windows: Record<string, TurnInputs["windows"][string]> = {};
  for (const [symbol, hash] of Object.entries(names)) {
    const window = found.get(hash);
    if (window === undefined) return null;
    windows[symbol] = window as unknown as TurnInputs["windows"][string];
  }
  return { ...rest, windows };
}
