import { createHash } from "node:crypto";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with sorted keys, no spaces and no undefined members: equal values give equal text (after RFC 8785). */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") {
    if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("canonical JSON has no NaN or infinity");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v as Json)).join(",")}]`;
  const o = value as { readonly [key: string]: Json | undefined };
  const keys = Object.keys(o)
    .filter((k) => o[k] !== undefined)
    .sort();
  return `{${keys.map((k) => `${JSON.stringify(k)}:${canonicalJson(o[k] as Json)}`).join(",")}}`;
}

/** SHA-256 in hex of a text. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 in hex of the canonical JSON. */
export const hashJson = (value: Json): string => sha256(canonicalJson(value));
