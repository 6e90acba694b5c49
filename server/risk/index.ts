export * from "./judge";
export * from "./parse-limits";
export * from "./portfolio";
export { reserveForBuy } from "./reserve-for-buy";
export { RISK_RULES, type RiskRule } from "./rules";
export * from "./stress";
export * from "./types";
