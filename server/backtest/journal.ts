import type { TurnInputs } from "@/server/agents";
import { type RunningHash, toText } from "@/server/shared";
import type { SimulationEvent } from "./simulation-types";

/** Writes what is decided, what it was decided on, and what moves money, of one simulated agent; answers what to call with each event. */
export function journalOf(journal: RunningHash): (event: SimulationEvent) => void {
  const lastBar: Record<string, number> = {};
  const bars = (windows: TurnInputs["windows"]): void => {
    for (const symbol of Object.keys(windows)) {
      const window = windows[symbol] ?? [];
      let from = window.length;
      while (from > 0 && (window[from - 1]?.[0] ?? 0) > (lastBar[symbol] ?? Number.NEGATIVE_INFINITY)) from--;
      for (let i = from; i < window.length; i++) journal.line(`bar ${symbol} ${window[i]?.join(" ")}`);
      lastBar[symbol] = window.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    }
  };
  return (event) => {
    switch (event.type) {
      case "turn": {
        const { inputs, decision, verdict } = event.turn.record;
        bars(inputs.windows);
        const { cash, held, equity } = inputs.account;
        const asked = decision.action === "hold" ? "" : JSON.stringify([decision, verdict]);
        journal.line(
          `turn ${event.turn.turnId} ${cash} ${held} ${equity} ${inputs.risk.dayStartEquity} ${decision.action} ${decision.reasoning}${asked}`,
        );
        break;
      }
      case "skipped":
        journal.line(`skipped ${event.at} ${event.code}`);
        break;
      case "order": {
        const o = event.order;
        journal.line(`order ${o.id} ${o.side} ${o.type} ${toText(o.quantity)} ${o.status} ${toText(o.filledQuantity)}`);
        break;
      }
      case "fill": {
        const e = event.execution;
        journal.line(`fill ${event.fillId} ${toText(e.quantity)} ${toText(e.price)} ${toText(e.fee)} ${e.at}`);
        break;
      }
      case "equity":
        journal.line(`equity ${event.at} ${toText(event.equity)} ${toText(event.hold)} ${toText(event.cash)}`);
        break;
      default:
    }
  };
}
