import { PROTECTIONS } from "../protections/registry";
import { type RiskRule, words } from "./rule";

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** One rule for each protection: while it holds, nothing is opened, and the instant it ends is named. */
export const protectionRules: readonly RiskRule[] = PROTECTIONS.map((protection) => ({
  name: protection.kind,
  title: protection.title,
  compares: protection.what,
  unit: protection.kind === "stop-loss-guard" ? "trades" : protection.kind === "cooldown-period" ? "minutes" : "%",
  levels: ["agent"],
  may: ["deny"],
  limits: [],
  byDefault: "not set; a protection of the agent",
  judge: (s, o) =>
    s.protections.flatMap((spec) => {
      if (spec.kind !== protection.kind) return [];
      const lock = protection.lock(spec, s.closedTrades, s.at, o.symbol);
      if (!lock)
        return [words(protection.kind, "agent", false, { asked: "", limit: "" }, `${protection.title.toLowerCase()}: nothing stops trading`)];
      const denied = o.side === "buy";
      const said = `${lock.why}: nothing is opened before ${iso(lock.until)}`;
      return [
        words(
          protection.kind,
          "agent",
          denied,
          { unit: lock.unit, before: lock.figure, asked: lock.figure, limit: lock.limit },
          denied ? said : `${said}, but this order only reduces`,
        ),
      ];
    }),
}));
