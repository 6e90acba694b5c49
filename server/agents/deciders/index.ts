export { decideByRules } from "./decide-by-rules";
export { parseRuleParams, RULE_CATALOG, type RuleParam, type RuleSetInfo } from "./rule-catalog";
