import { formatDecimal, isDecimal } from "@/components/format/decimal-text";
import type { LimitsView, ProtectionView } from "@/server/api/contract/risk-limits";
import { LIMIT_GROUPS } from "./later-limits";
import { PROTECTION_KINDS } from "./protections-draft";

type Row = { readonly key: string; readonly label: string; readonly text: string };

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
  const rows: Row[] = [
    ...LIMIT_GROUPS.flatMap((g) => g.fields).flatMap(({ name, label, unit }) => {
      const value = limits[name];
      if (value === undefined || value === null || shown.includes(name)) return [];
      if (typeof value === "object") return [{ key: name, label, text: `${Object.keys(value).length} markets` }];
      const figure = isDecimal(String(value)) && name !== "correlationThreshold" ? formatDecimal(String(value), 0) : String(value);
      const exact = String(value).includes(".") ? String(value) : figure;
      return [{ key: name, label, text: `${exact} ${unit === "quote" ? currency : unit === "0 to 1" ? "" : unit}`.trim() }];
    }),
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
