import { isoTime, utcDateTime, utcTime } from "./time-text";

/** A moment in UTC; the full date is in the title. */
export function Time({ at, short = false }: { at: number; short?: boolean }) {
  return (
    <time dateTime={isoTime(at)} title={utcDateTime(at)} className="num">
      {short ? utcTime(at) : utcDateTime(at)}
    </time>
  );
}
