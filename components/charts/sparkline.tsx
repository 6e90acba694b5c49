import { linePath, scaleFor } from "./line-path";

/** A small line with its end marked; no axis. */
export function Sparkline({ values, label }: { values: readonly string[]; label: string }) {
  if (values.length < 2) return <span className="t3">—</span>;
  const numbers = values.map(Number);
  const scale = scaleFor([numbers], 80, 30);
  const last = numbers.at(-1) ?? 0;
  return (
    <svg className="sparkline" viewBox="0 0 84 30" role="img" aria-label={label}>
      <line x1="0" x2="80" y1={scale.y(numbers[0] ?? 0)} y2={scale.y(numbers[0] ?? 0)} stroke="var(--chart-grid)" strokeDasharray="2 3" />
      <path d={linePath(numbers, scale)} fill="none" stroke="var(--text-2)" strokeWidth="1.25" />
      <circle cx="80" cy={scale.y(last)} r="2" fill="var(--text-1)" />
    </svg>
  );
}
