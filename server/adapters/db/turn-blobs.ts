import { inputParts, SHARED_PARTS, type StoredInputs, type TurnInputs } from "@/server/agents";
import type { Json } from "@/server/shared";
import type { PrismaBlobStore } from "./prisma-blob-store";

type Window = TurnInputs["windows"][string];

/** Inputs as stored: a root that names all other blobs, so that turns share what they have in common. The root's hash is hashInputs. */
export function inputsBlobs(inputs: TurnInputs): Json[] {
  const { root, named } = inputParts(inputs);
  return [root as unknown as Json, ...named];
}

/** The inverse of {@link inputsBlobs}; null when a part is gone. */
export async function joinInputs(blobs: PrismaBlobStore, stored: Json): Promise<TurnInputs | null> {
  const root = stored as unknown as StoredInputs;
  const parts = await blobs.getMany([...SHARED_PARTS.map((part) => root[part]), ...Object.values(root.windows)]);
  const lists = Object.values(root.windows).map((hash) => (parts.get(hash) ?? []) as unknown as readonly string[]);
  const pieces = await blobs.getMany(lists.flat());
  const [agent, instruments, workspace] = SHARED_PARTS.map((part) => parts.get(root[part]));
  if (agent === undefined || instruments === undefined || workspace === undefined) return null;
  const windows: Record<string, Window> = {};
  for (const [symbol, hash] of Object.entries(root.windows)) {
    const list = parts.get(hash) as readonly string[] | undefined;
    const found = list?.map((piece) => pieces.get(piece) as unknown as Window | undefined);
    if (!found || found.some((piece) => piece === undefined)) return null;
    windows[symbol] = found.flatMap((piece) => piece ?? []);
  }
  return { ...root, agent, instruments, workspace, windows } as unknown as TurnInputs;
}
