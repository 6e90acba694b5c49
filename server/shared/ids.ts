import { hash } from "node:crypto";

/** Makes ids; a port, because ids need a clock and randomness. */
export interface IdSource {
  /** A new UUIDv7. */
  next(): string;
}

/** UUIDv7 (RFC 9562) from a time in ms and 10 random bytes. */
export function uuidv7(nowMs: number, random: Uint8Array): string {
  const b = new Uint8Array(16);
  const t = BigInt(nowMs);
  for (let i = 0; i < 6; i++) b[i] = Number((t >> BigInt(40 - 8 * i)) & 0xffn);
  b.set(random.subarray(0, 10), 6);
  b[6] = ((b[6] as number) & 0x0f) | 0x70;
  b[8] = ((b[8] as number) & 0x3f) | 0x80;
  return format(b);
}

/** UUID-shaped (version 8) SHA-256 of its parts: the same parts give the same id on every machine. */
export function hashId(...parts: readonly (string | number)[]): string {
  const h = hash("sha256", JSON.stringify(parts));
  const variant = ((Number.parseInt(h.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isUuid = (s: string): boolean => UUID.test(s);

function format(b: Uint8Array): string {
  const h = Buffer.from(b).toString("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
