import type { LimitsView, ProtectionView } from "@/server/api/contract/risk-limits";
import { LIMIT_GROUPS } from "./later-limits";
import { type LimitRow, limitRow } from "./limit-row";
import { PROTECTION_KINDS } from "./protections-draft";

/** Limits beyond the first five, and protections, as they are set; nothing at all when there are none. `shown` = names that stand elsewhere. */
export function SetLimits({
  limits,
  protections,
  currency,
  shown,
}: {
  limits: LimitsView;
  protections: readonly ProtectionView[];
  currency: string;
  shown: readonly string[];
}) {
  const rows: LimitRow[] = [
    ...LIMIT_GROUPS.flatMap((g) => g.fields).flatMap((field) => (shown.includes(field.name) ? [] : limitRow(field, limits[field.name], currency))),
    ...protections.map((p, i) => ({ key: `protection ${i}`, label: PROTECTION_KINDS[p.kind].title, text: wordsOf(p) })),
  ];
  if (rows.length === 0) return null;
  return (
    <dl className="kv" data-testid="set-limits">
      {rows.map((r) => (
        <div key={r.key} style={{ display: "contents" }}>
          <dt>{r.label}</dt>
          <dd>{r.text}</dd>
        </div>
      ))}
    </dl>
  );
}

const span = (minutes: number): string =>
  minutes % 1440 === 0 ? `${minutes / 1440} d` : minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;

function wordsOf(p: ProtectionView): string {
  const stop = `stops for ${span(p.stopMinutes)}`;
  if (p.kind === "cooldown-period") return `${stop} after each trade of a market`;
  const within = `${p.tradeLimit} trades in ${span(p.lookbackMinutes)}`;
  if (p.kind === "stop-loss-guard") return `${stop} after ${within} that lost more than ${p.lossPercent} %${p.onlyPerPair ? ", by market" : ""}`;
  if (p.kind === "max-drawdown") return `${stop} after a fall of more than ${p.maxDrawdownPercent} % over at least ${within}`;
  return `${stop} when at least ${within} made less than ${p.requiredProfitPercent} %`;
}
