import { randomBytes } from "node:crypto";
import { type IdSource, uuidv7 } from "@/server/shared";

/** A UUIDv7 from this machine's clock and randomness. */
export const newId = (): string => uuidv7(Date.now(), randomBytes(10));

export const systemIds: IdSource = { next: newId };
