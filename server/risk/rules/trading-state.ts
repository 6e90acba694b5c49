import { owner, type RiskRule, words } from "./rule";

/** Halted lets only a person or the kill switch reduce; reducing lets only reductions pass. */
export const tradingState: RiskRule = {
  name: "trading-state",
  title: "Trading allowed",
  compares: "active, reducing or halted; halted lets only a person reduce, reducing lets only reductions pass",
  unit: "",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o) =>
    s.levels.map(({ level, tradingState: state }) => {
      const reduces = o.side === "sell";
      const passes = state === "active" || (reduces && (state === "reducing" || s.byPerson));
      const reason = passes
        ? `${owner(level)} is ${state}${state === "active" ? "" : "; this order only reduces"}`
        : state === "reducing"
          ? `${owner(level)} may only reduce; a buy would add`
          : `${owner(level)} is halted`;
      return words("trading-state", level, !passes, { before: state, asked: o.side, limit: "active" }, reason);
    }),
};
