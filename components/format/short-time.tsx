"use client";
import { useSyncExternalStore } from "react";
import { isoTime, shortTime, utcDateTime } from "./time-text";

const minute = () => Math.floor(Date.now() / 60_000) * 60_000;
const everyMinute = (tell: () => void) => {
  const timer = setInterval(tell, 10_000);
  return () => clearInterval(timer);
};

/** An instant in UTC; the full time on hover. `now` is market time where the instant is. */
export function ShortTime({ at, now, seconds }: { at: number; now?: number; seconds?: boolean }) {
  const wall = useSyncExternalStore(everyMinute, minute, () => 0);
  return (
    <time dateTime={isoTime(at)} title={utcDateTime(at)} className="num">
      {shortTime(at, now ?? wall, seconds)}
    </time>
  );
}
