import { parseSymbolList, symbolListText } from "@/components/format/symbol-list";
import { type LaterDraft, laterDraft, laterLimits } from "@/components/risk/later-limits";
import type { AgentDetail } from "@/server/api/contract";

export type Limits = AgentDetail["config"]["limits"];
/** The form's texts; an empty text is "no limit". */
export type LimitsDraft = {
  readonly maxOrderNotional: string;
  readonly maxPositionNotional: string;
  readonly maxDailyLoss: string;
  readonly maxOrdersPerHour: string;
  readonly allowedSymbols: string;
  readonly dailyModelCap: string;
  /** Limits beyond the first five. */
  readonly later: LaterDraft;
};

/** Stored limits as texts for the form. */
export function toDraft(limits: Limits, dailyModelCap: string): LimitsDraft {
  return {
    maxOrderNotional: limits.maxOrderNotional ?? "",
    maxPositionNotional: limits.maxPositionNotional ?? "",
    maxDailyLoss: limits.maxDailyLoss ?? "",
    maxOrdersPerHour: limits.maxOrdersPerHour?.toString() ?? "",
    allowedSymbols: symbolListText(limits.allowedSymbols),
    dailyModelCap,
    later: laterDraft(limits),
  };
}

/** The form's texts as the API takes them. A count that is no number is sent as NaN, which the API refuses by name. */
export function fromDraft(draft: LimitsDraft): { limits: Limits; dailyModelCap: string } {
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  const count = text(draft.maxOrdersPerHour);
  return {
    limits: {
      maxOrderNotional: text(draft.maxOrderNotional),
      maxPositionNotional: text(draft.maxPositionNotional),
      maxDailyLoss: text(draft.maxDailyLoss),
      maxOrdersPerHour: count === null ? null : Number(count),
      allowedSymbols: parseSymbolList(draft.allowedSymbols),
      ...laterLimits(draft.later),
    },
    dailyModelCap: draft.dailyModelCap.trim(),
  };
}
