import { formatPercent } from "@/components/format/decimal-text";
import { binsOf } from "./bins";

const HEIGHT = 110;

/** How the returns of trades are spread: bars from zero, losses left, gains right. */
export function ReturnBars({ returns }: { returns: readonly number[] }) {
  const bins = binsOf(returns);
  if (bins.length === 0) return null;
  const most = Math.max(...bins.map((b) => b.count));
  const label = (x: number) => formatPercent(x.toFixed(8), 1);
  const first = bins[0]?.from ?? 0;
  const last = bins.at(-1)?.to ?? 0;
  return (
    <figure style={{ padding: "4px 16px 12px", margin: 0 }}>
      <div
        role="img"
        aria-label={`${returns.length} closed trades from ${label(first)} to ${label(last)}: ${bins.map((b) => `${b.count} between ${label(b.from)} and ${label(b.to)}`).join(", ")}.`}
        className="row"
        style={{ alignItems: "flex-end", gap: 3, height: HEIGHT }}
      >
        {bins.map((b) => (
          <div key={b.from} className="grow" style={{ display: "grid", alignContent: "end", justifyItems: "center", gap: 2, minWidth: 0 }}>
            <span className="fs11 t3 num">{b.count || ""}</span>
            <div
              style={{
                width: "100%",
                height: (b.count / most) * (HEIGHT - 26),
                background: b.to <= 0 ? "var(--loss-solid)" : "var(--gain-solid)",
                borderRadius: "2px 2px 0 0",
              }}
            />
          </div>
        ))}
      </div>
      <figcaption className="row between">
        <span>{label(first)}</span>
        <span>net return of a closed trade</span>
        <span>{label(last)}</span>
      </figcaption>
    </figure>
  );
}
