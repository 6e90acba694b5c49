import { formatFigure, formatMoney, signOf } from "@/components/format/decimal-text";
import { durationWords } from "@/components/format/time-text";
import type { DecisionDetail } from "@/server/api/contract";

const quantity = (text: string): string => formatFigure(text, { max: 6 });
const baseOf = (symbol: string | null): string => symbol?.split("/")[0] ?? "";

/** The whole decision as one sentence: what it wanted, what it was allowed, what came of it. Used as the page's heading. */
export function decisionTitle(view: DecisionDetail): string {
  const { row } = view;
  if (row.phase === "skipped") return `Skipped this turn${because(row.reason)}`;
  if (row.phase === "failed") return `Could not decide${because(row.reason)}`;
  if (!view.verdict || row.action === null) return waiting(row.phase);
  return `${wanted(view)}${result(view)}`;
}

function wanted({ row, verdict }: DecisionDetail): string {
  const coin = baseOf(row.symbol);
  if (row.trigger === "flatten")
    return verdict && signOf(verdict.askedQuantity) > 0 ? `Sold ${coin} because a person asked to sell everything` : "Was asked to sell everything";
  if (!verdict || verdict.outcome === "no-order" || row.action === "hold") return `Held${coin ? ` ${coin}` : ""}: wanted no order`;
  const verb = row.action === "buy" ? "Wanted" : "Wanted to sell";
  const asked = `${verb} ${quantity(verdict.askedQuantity)} ${coin}`;
  if (verdict.outcome === "deny") return `${asked}, was denied`;
  if (verdict.outcome === "reduce") return `${asked}, was allowed ${quantity(verdict.allowedQuantity)}`;
  return `${asked}, was allowed all of it`;
}

function result(view: DecisionDetail): string {
  const { row, outcome, orders, agent } = view;
  if (orders.length === 0) return "";
  if (!row.filledQuantity || signOf(row.filledQuantity) === 0) return outcome ? ", nothing was filled" : ", waiting for fills";
  if (!outcome) return `, filled ${quantity(row.filledQuantity)}`;
  const length = outcome.settledAt - row.at;
  const time = length > 0 ? ` in ${durationWords(length)}` : "";
  const sign = signOf(outcome.netPnl);
  if (sign === 0) return `, came out even${time}`;
  return `, ${sign > 0 ? "made" : "lost"} ${formatMoney(outcome.netPnl.replace("-", ""))} ${agent.currency}${time}`;
}

const because = (reason: string | null): string => (reason ? `: ${reason.replace(/\.$/, "")}` : "");

function waiting(phase: string): string {
  if (phase === "claimed") return "Reading the market";
  if (phase === "context") return "Deciding now";
  if (phase === "decided") return "Decided, waiting for the risk verdict";
  return "Deciding now";
}
