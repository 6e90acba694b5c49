import { formatDecimal, formatFigure, signOf } from "@/components/format/decimal-text";
import type { EventMap, StoredEvent } from "@/server/events";

/** What a screen reader is told of an event; null for what is only shown. */
export function announcement(event: StoredEvent): { readonly text: string; readonly urgent: boolean } | null {
  if (event.type === "fill/posted") {
    const d = event.data as EventMap["fill/posted"];
    return { text: `Filled: ${d.side} ${formatFigure(d.quantity)} ${d.symbol} at ${formatFigure(d.price)}.`, urgent: false };
  }
  if (event.type === "turn/settled")
    return { text: `A decision was settled: ${result((event.data as EventMap["turn/settled"]).netPnl)}.`, urgent: false };
  if (event.type === "agent/status.changed") {
    const d = event.data as EventMap["agent/status.changed"];
    return d.to === "halted" ? { text: `${d.name} is halted.`, urgent: true } : null;
  }
  if (event.type === "workspace/trading.changed") {
    const { state } = event.data as EventMap["workspace/trading.changed"];
    return state === "halted" ? { text: "All trading in this workspace is halted.", urgent: true } : null;
  }
  if (event.type === "risk/alert.raised") {
    const d = event.data as EventMap["risk/alert.raised"];
    return { text: `Alert: ${d.title}.`, urgent: d.severity === "critical" };
  }
  if (event.type === "goal/achieved") return { text: (event.data as EventMap["goal/achieved"]).text, urgent: false };
  if (event.type === "goal/noticed") {
    const d = event.data as EventMap["goal/noticed"];
    return { text: d.text, urgent: d.kind === "ceiling-broken" };
  }
  return null;
}

/** Signs are said as words: readers skip them as characters. */
function result(netPnl: string): string {
  const sign = signOf(netPnl, 2);
  if (sign === 0) return "no gain or loss";
  return `${sign > 0 ? "plus" : "minus"} ${formatDecimal(netPnl.replace("-", ""), 2)}, a ${sign > 0 ? "gain" : "loss"}`;
}
