import { type Limits, limitsAsJson, parseLimits } from "@/server/risk";
import { type Json, toText } from "@/server/shared";

/** Limits as they are stored: decimals as exact text. */
export const limitsToJson = (l: Limits) => limitsAsJson(l, toText) as { readonly [name: string]: Json };

/** The inverse of {@link limitsToJson}. Throws UNKNOWN_LIMIT and INVALID_LIMIT: a stored limit that cannot be read is not "no limit". */
export const limitsFromJson = (json: unknown): Limits => parseLimits(json);
