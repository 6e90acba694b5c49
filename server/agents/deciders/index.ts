export { decideByRules, entryAmount } from "./decide-by-rules";
export { parseRuleParams, RULE_CATALOG } from "./rule-catalog";
