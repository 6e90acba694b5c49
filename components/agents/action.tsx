import { ArrowDownRight, ArrowUpRight, Minus } from "lucide-react";

/** What an agent decided: word, arrow, colour. */
export function Action({ action }: { action: string | null }) {
  if (action === "buy")
    return (
      <span className="act buy">
        <ArrowUpRight className="i" aria-hidden="true" />
        Buy
      </span>
    );
  if (action === "sell" || action === "close")
    return (
      <span className="act sell">
        <ArrowDownRight className="i" aria-hidden="true" />
        {action === "close" ? "Close" : "Sell"}
      </span>
    );
  if (action === "hold")
    return (
      <span className="act hold">
        <Minus className="i" aria-hidden="true" />
        Hold
      </span>
    );
  return <span className="t3">—</span>;
}
