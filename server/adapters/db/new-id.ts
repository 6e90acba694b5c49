import { randomBytes } from "node:crypto";
import { type IdSource, uuidv7 } from "@/server/shared";

let lastMs = 0;
let counter = 0;

/** A UUIDv7 from this machine's clock and randomness; within this process each is greater than the one before (RFC 9562 §6.2). */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = randomBytes(1)[0] ?? 0;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  const random = randomBytes(10);
  // The 12 bits after the version count within the millisecond.
  random[0] = counter >> 8;
  random[1] = counter & 0xff;
  return uuidv7(lastMs, random);
}

export const systemIds: IdSource = { next: newId };
