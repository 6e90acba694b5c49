export { parseRuleParams, RULE_CATALOG } from "./rule-catalog";
