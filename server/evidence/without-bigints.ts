import type { Json } from "@/server/shared";

/** The same value as JSON that can be hashed: amounts of limits and protections are bigints, at whatever depth. */
export const withoutBigints = (value: object): Json =>
  JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner))) as Json;
