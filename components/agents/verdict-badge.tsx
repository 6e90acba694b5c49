import { Ban, Check, ChevronsDown } from "lucide-react";
import type { DecisionRow } from "@/server/api/contract";

/** What risk made of a decision. */
export function VerdictBadge({ row }: { row: Pick<DecisionRow, "outcome" | "phase" | "reason"> }) {
  if (row.phase === "failed" || row.phase === "skipped")
    return <span className="bdg warn">{row.phase === "failed" ? "No decision" : "Skipped"}</span>;
  if (row.outcome === "approve")
    return (
      <span className="bdg gain">
        <Check className="i i-xs" aria-hidden="true" />
        Allowed
      </span>
    );
  if (row.outcome === "reduce")
    return (
      <span className="bdg warn">
        <ChevronsDown className="i i-xs" aria-hidden="true" />
        Reduced
      </span>
    );
  if (row.outcome === "deny")
    return (
      <span className="bdg loss">
        <Ban className="i i-xs" aria-hidden="true" />
        Denied
      </span>
    );
  return <span className="t3">{row.outcome === "no-order" ? "no order" : "deciding…"}</span>;
}
