import type { EventMap, StoredEvent } from "@/server/events";

/** What a screen reader is told of an event; null for what is only shown. */
export function announcement(event: StoredEvent): { readonly text: string; readonly urgent: boolean } | null {
  if (event.type === "fill/posted") {
    const d = event.data as EventMap["fill/posted"];
    return { text: `Filled: ${d.side} ${d.quantity} ${d.symbol} at ${d.price}.`, urgent: false };
  }
  if (event.type === "turn/settled")
    return { text: `A decision was settled: net ${(event.data as EventMap["turn/settled"]).netPnl}.`, urgent: false };
  if (event.type === "agent/status.changed") {
    const d = event.data as EventMap["agent/status.changed"];
    return d.to === "halted" ? { text: `${d.name} is halted.`, urgent: true } : null;
  }
  if (event.type === "workspace/trading.changed") {
    const { state } = event.data as EventMap["workspace/trading.changed"];
    return state === "halted" ? { text: "All trading in this workspace is halted.", urgent: true } : null;
  }
  return null;
}
