export * from "./judge";
export * from "./parse-limits";
export { RISK_RULES, type RiskRule } from "./rules";
export * from "./types";
