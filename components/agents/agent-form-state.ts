import { parseSymbolList, symbolListText } from "@/components/format/symbol-list";
import { type LaterDraft, laterDraft, laterLimits } from "@/components/risk/later-limits";
import { type ProtectionDraft, protectionDrafts, protectionsInputOf } from "@/components/risk/protections-draft";
import type { AgentDetail, AgentInput } from "@/server/api/contract";

/** What the form holds: text as typed, so that nothing is lost before the server has judged it. */
export type AgentForm = {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly trigger: string;
  readonly barInterval: string;
  readonly strategyText: string;
  readonly deciderKind: "rules" | "model";
  readonly ruleSet: string;
  readonly params: Readonly<Record<string, string>>;
  readonly model: string;
  /** Only a model's run can be. */
  readonly masked: boolean;
  readonly capital: string;
  readonly maxOrderNotional: string;
  readonly maxPositionNotional: string;
  readonly maxDailyLoss: string;
  readonly maxOrdersPerHour: string;
  readonly allowedSymbols: string;
  /** Limits beyond those five. */
  readonly later: LaterDraft;
  readonly protections: readonly ProtectionDraft[];
  readonly dailyModelCap: string;
};

export const NEW_AGENT: AgentForm = {
  name: "",
  symbols: [],
  trigger: "1h",
  barInterval: "1h",
  strategyText: "",
  deciderKind: "rules",
  ruleSet: "trend-follow",
  params: {},
  model: "",
  masked: false,
  capital: "5000",
  maxOrderNotional: "1000",
  maxPositionNotional: "2500",
  maxDailyLoss: "250",
  maxOrdersPerHour: "6",
  allowedSymbols: "",
  later: laterDraft({}),
  protections: [],
  dailyModelCap: "1",
};

const textOrNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

type Interval = "1m" | "5m" | "15m" | "1h" | "4h" | "1d";

/** The form as the API's input. Numbers stay the text that was typed; the server names the field it refuses. */
export function toInput(f: AgentForm): AgentInput {
  return {
    name: f.name,
    symbols: [...f.symbols],
    mode: "paper",
    trigger: f.trigger === "manual" ? { kind: "manual" } : { kind: "interval", interval: f.trigger as Interval },
    barInterval: f.barInterval as Interval,
    strategyText: f.strategyText,
    decider:
      f.deciderKind === "model"
        ? { kind: "model", model: f.model }
        : {
            kind: "rules",
            ruleSet: f.ruleSet as "trend-follow",
            params: Object.fromEntries(
              Object.entries(f.params)
                .filter(([, v]) => v.trim() !== "")
                .map(([k, v]) => [k, Number(v)]),
            ),
          },
    limits: {
      allowedSymbols: parseSymbolList(f.allowedSymbols),
      maxOrderNotional: textOrNull(f.maxOrderNotional),
      maxPositionNotional: textOrNull(f.maxPositionNotional),
      maxDailyLoss: textOrNull(f.maxDailyLoss),
      maxOrdersPerHour: f.maxOrdersPerHour.trim() === "" ? null : Number(f.maxOrdersPerHour),
      ...laterLimits(f.later),
    },
    protections: protectionsInputOf(f.protections),
    dailyModelCap: f.dailyModelCap.trim() || "0",
    masked: f.deciderKind === "model" && f.masked,
  };
}

/** An agent's configuration as the form. */
export function fromDetail(a: AgentDetail): AgentForm {
  const { config } = a;
  return {
    name: config.name,
    symbols: config.symbols,
    trigger: config.trigger.kind === "manual" ? "manual" : config.trigger.interval,
    barInterval: config.barInterval,
    strategyText: config.strategyText,
    deciderKind: config.decider.kind,
    ruleSet: config.decider.kind === "rules" ? config.decider.ruleSet : "trend-follow",
    params: config.decider.kind === "rules" ? Object.fromEntries(Object.entries(config.decider.params).map(([k, v]) => [k, String(v)])) : {},
    model: config.decider.kind === "model" ? config.decider.model : "",
    masked: config.masked,
    capital: a.capital,
    maxOrderNotional: config.limits.maxOrderNotional ?? "",
    maxPositionNotional: config.limits.maxPositionNotional ?? "",
    maxDailyLoss: config.limits.maxDailyLoss ?? "",
    maxOrdersPerHour: config.limits.maxOrdersPerHour === null ? "" : String(config.limits.maxOrdersPerHour),
    allowedSymbols: symbolListText(config.limits.allowedSymbols),
    later: laterDraft(config.limits),
    protections: protectionDrafts(config.protections),
    dailyModelCap: config.dailyModelCap,
  };
}
