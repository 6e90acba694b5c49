import { formatFigure } from "@/components/format/decimal-text";
import { withKeys } from "@/components/format/with-keys";
import type { DecisionDetail } from "@/server/api/contract";
import { CheckRow } from "./check-row";
import { ruleName, verdictWord } from "./rule-words";
import { Step } from "./step";

/** Every rule with the numbers it compared, and which one decided the size. */
export function VerdictStep({ n, view }: { n: number; view: DecisionDetail }) {
  const { verdict, row } = view;
  if (!verdict)
    return (
      <Step n={n} id="verdict" title="Risk verdict">
        <p className="card fs12 t2" style={{ padding: "12px 16px" }}>
          {row.phase === "failed" || row.phase === "skipped" ? "Nothing was judged: the turn ended before a decision." : "Not judged yet."}
        </p>
      </Step>
    );
  const { word, tone } = verdictWord(verdict.outcome);
  const exceeded = verdict.checks.filter((c) => c.outcome !== "pass").length;
  const about = `${verdict.checks.length} rules compared, ${exceeded === 0 ? "none exceeded" : `${exceeded} exceeded`}`;
  return (
    <Step n={n} id="verdict" title="Risk verdict" about={about} tone={tone === "warn" || tone === "loss" ? "key" : undefined}>
      <div className="card" style={tone && tone !== "gain" ? { borderColor: `var(--${tone}-line)` } : undefined}>
        <div className="row wrap" style={{ padding: "14px 16px 10px", gap: 12 }}>
          <span className={tone ? `bdg ${tone}` : "bdg"}>{word}</span>
          <span className="grow">{sentence(view)}</span>
        </div>
        <div style={{ padding: "0 16px 6px" }}>
          <ul aria-label="Checks">
            {withKeys(verdict.checks, (c) => `${c.rule}:${c.level}`).map(({ key, item: check }) => (
              <CheckRow key={key} check={check} decided={check.outcome !== "pass" && check.rule === verdict.decidedBy} />
            ))}
          </ul>
        </div>
      </div>
    </Step>
  );
}

function sentence({ verdict, row }: DecisionDetail) {
  if (!verdict || verdict.outcome === "no-order") return "The decision asked for no order, so there was nothing to compare.";
  const coin = row.symbol?.split("/")[0] ?? "";
  const asked = `${formatFigure(verdict.askedQuantity)} ${coin}`;
  const rule = verdict.decidedBy ? ruleName(verdict.decidedBy).toLowerCase() : null;
  if (verdict.outcome === "approve") return `${asked}, all of it: every rule passed.`;
  if (verdict.outcome === "deny") return `${asked} asked, nothing allowed.${rule ? ` Decided by: ${rule}.` : ""}`;
  return `${asked} → ${formatFigure(verdict.allowedQuantity)} ${coin}.${rule ? ` Decided by: ${rule}.` : ""}`;
}
