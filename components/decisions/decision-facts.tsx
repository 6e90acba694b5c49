import { formatFigure } from "@/components/format/decimal-text";
import { durationWords } from "@/components/format/time-text";
import type { DecisionDetail } from "@/server/api/contract";

/** The decision as it was understood: the fields that risk and execution read, and the reasoning. */
export function DecisionFacts({ view: { decision, agent } }: { view: DecisionDetail }) {
  if (!decision) return <p className="fs12 t2">No valid decision was read from it.</p>;
  const price = (text: string | null) => (text === null ? "—" : formatFigure(text));
  const unit = decision.size?.unit === "base" ? decision.symbol.split("/")[0] : agent.currency;
  const facts: [string, string][] = [
    ["Action", decision.action],
    ["Market", decision.symbol],
    ["Size", decision.size ? `${formatFigure(decision.size.amount)} ${unit}` : "—"],
    ["Order", decision.orderType === "limit" ? `limit at ${price(decision.limitPrice)}` : "market"],
    ["Stop loss", price(decision.stopLoss)],
    ["Take profit", price(decision.takeProfit)],
    ["Confidence", decision.confidence.toFixed(2)],
    ["Horizon", decision.horizonMs === null ? "—" : durationWords(decision.horizonMs)],
  ];
  return (
    <div className="stack g3">
      <dl className="kv fs12">
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="t2" style={{ maxWidth: "68ch", overflowWrap: "anywhere" }}>
        {decision.reasoning}
      </p>
    </div>
  );
}
