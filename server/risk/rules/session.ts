import { owner, perLevel, type RiskRule, words } from "./rule";

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

/** The venue's own session, and the hours (UTC, by market time) in which positions may be opened. */
export const session: RiskRule = {
  name: "session",
  title: "Trading session",
  compares: "the state of the market at the venue, and the time of day with the hours in which positions may be opened",
  unit: "time (UTC)",
  levels: ["venue", "agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["tradingHours"],
  byDefault: "no hours are set; the venue's own session is always asked",
  judge: (s, o) => {
    const denied = s.session !== "open" && (o.side === "buy" || (s.session === "closed" && !s.byPerson));
    const venue =
      s.session === "open"
        ? []
        : [words("session", "venue", denied, { before: s.session, asked: o.side, limit: "open" }, `${o.symbol} is ${s.session} at the venue`)];
    const hours = perLevel(s, "tradingHours", (range, { level }) => {
      const now = Math.floor(s.at / MINUTE) % DAY_MINUTES;
      const [from, to] = [minuteOf(range.slice(0, 5)), minuteOf(range.slice(6))];
      const inside = from < to ? now >= from && now < to : now >= from || now < to;
      const clock = `${String(Math.floor(now / 60)).padStart(2, "0")}:${String(now % 60).padStart(2, "0")}`;
      const stop = !inside && o.side === "buy";
      const reason = inside
        ? `it is ${clock} UTC, within ${range}`
        : stop
          ? `it is ${clock} UTC; ${owner(level)} opens positions only within ${range}`
          : `it is ${clock} UTC, outside ${range}, but this order only reduces`;
      return words("session", level, stop, { unit: "UTC", before: clock, asked: clock, limit: range }, reason);
    });
    return [...venue, ...hours];
  },
};
