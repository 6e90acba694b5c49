"use client";
import { useSyncExternalStore } from "react";

const two = (n: number): string => String(n).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** UTC, 24 h: "14:30" today, else "20 Nov 14:30". */
export function formatTime(at: number, now: number, seconds = false): string {
  const d = new Date(at);
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? `:${two(d.getUTCSeconds())}` : ""}`;
  return Math.floor(at / 86_400_000) === Math.floor(now / 86_400_000) ? clock : `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${clock}`;
}

export const formatFull = (at: number): string => {
  const d = new Date(at);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} UTC`;
};

const minute = () => Math.floor(Date.now() / 60_000) * 60_000;
const everyMinute = (tell: () => void) => {
  const timer = setInterval(tell, 10_000);
  return () => clearInterval(timer);
};

/** An instant in UTC; the full time on hover. `now` is market time where the instant is. */
export function Time({ at, now, seconds }: { at: number; now?: number; seconds?: boolean }) {
  const wall = useSyncExternalStore(everyMinute, minute, () => 0);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatFull(at)} className="num">
      {formatTime(at, now ?? wall, seconds)}
    </time>
  );
}
