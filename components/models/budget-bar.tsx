import { formatFigure, percentOf } from "@/components/format/decimal-text";

type Budget = { cap: string; settled: string; reserved: string };

/** What is spent (solid) and reserved (hatched) against the day's cap, in USD. */
export function BudgetBar({ budget, label }: { budget: Budget; label: string }) {
  const settled = percentOf(budget.settled, budget.cap);
  const reserved = Math.min(percentOf(budget.reserved, budget.cap), 100 - settled);
  const text = `${usd(budget.settled)} settled and ${usd(budget.reserved)} reserved of ${usd(budget.cap)} USD`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot show two parts
    <div
      className="bar"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(settled + reserved)}
      aria-valuetext={text}
      style={{ minWidth: 80 }}
    >
      <i className={settled >= 100 ? "over" : settled >= 80 ? "near" : undefined} style={{ width: `${settled}%` }} />
      {reserved > 0 && <i className="res" style={{ inset: `0 auto 0 ${settled}%`, width: `${reserved}%` }} />}
    </div>
  );
}

/** USD with four decimals at most, two at least. */
export function usd(text: string): string {
  return formatFigure(text, { min: 2, max: 4 });
}
