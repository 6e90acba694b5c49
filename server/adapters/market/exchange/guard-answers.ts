import type { Exchange } from "ccxt";
import type { Clock } from "@/server/shared";
import { VenueAnswer } from "./venue-problem";

/**
 * Reads every answer before the client library does: it drops the retry-after header, and takes a 200 that is not JSON for an empty list,
 * so that a broken answer would look like a market without trades. `onDate` hears the venue's own clock (ms, whole seconds).
 */
export function guardAnswers(exchange: Exchange, wall: Clock, onDate: (venueTime: number) => void): void {
  exchange.onRestResponse = (status: number, _reason: string, _url: string, _method: string, headers: Record<string, string>, body: string) => {
    const wait = retryAfter(headers, wall);
    const date = Date.parse(header(headers, "date") ?? "");
    if (!Number.isNaN(date)) onDate(date);
    if (status === 418) throw new VenueAnswer("banned", status, wait);
    if (status === 429) throw new VenueAnswer("limited", status, wait);
    if (status >= 500) throw new VenueAnswer("down", status, wait);
    if (status < 300 && !isObject(body)) throw new VenueAnswer("unreadable", status, null);
    return body.trim();
  };
}

/** Ms to wait by a Retry-After header of seconds or of a date, null without one. */
function retryAfter(headers: Readonly<Record<string, string>>, wall: Clock): number | null {
  const text = header(headers, "retry-after");
  if (!text) return null;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - wall.now());
}

const header = (headers: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

function isObject(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null;
  } catch {
    return false;
  }
}
