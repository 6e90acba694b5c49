import { ScrollRegion } from "@/components/ui/scroll-region";
import type { PortfolioRiskView } from "@/server/api/contract/risk";
import { Refused } from "./refused";

const text = (r: number): string => `${r > 0 ? "+" : r < 0 ? "−" : ""}${Math.abs(r).toFixed(2)}`;

/** How much what is held moves together: a table first, coloured second. */
export function CorrelationCard({ risk: r }: { risk: PortfolioRiskView }) {
  const c = r.correlation;
  const base = (symbol: string) => symbol.split("/")[0] ?? symbol;
  return (
    <section className="card s6" aria-labelledby="correlation-h">
      <div className="card-h">
        <h2 id="correlation-h">Do the positions bet on the same thing?</h2>
        <span className="end fs12 t3">{r.returns.ok ? `${r.returns.value} returns` : ""}</span>
      </div>
      {!c.ok && <Refused message={c.message} />}
      {c.ok && (
        <div style={{ padding: "0 12px 12px" }}>
          <ScrollRegion label="Correlations" className="heat-w">
            <table className="heat">
              <caption className="sr">Correlation of the returns of what is held</caption>
              <thead>
                <tr>
                  <td />
                  {c.value.symbols.map((s) => (
                    <th key={s} scope="col">
                      {base(s)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {c.value.symbols.map((row, i) => (
                  <tr key={row}>
                    <th scope="row">{base(row)}</th>
                    {c.value.symbols.slice(0, i + 1).map((column, j) => {
                      const value = c.value.values[i]?.[j] ?? null;
                      return (
                        <td key={column} style={{ background: shade(value, i === j) }}>
                          {value === null ? <span title={`${row} never moved in this period`}>—</span> : i === j ? "1" : text(value)}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
          <p className="fs12 t2" style={{ padding: "8px 8px 0" }}>
            {sentence(c.value)}
          </p>
        </div>
      )}
    </section>
  );
}

function shade(value: number | null, self: boolean): string | undefined {
  if (value === null) return undefined;
  if (self) return "var(--surface-2)";
  return `rgb(var(--heat-${value < 0 ? "neg" : "pos"}) / ${(Math.abs(value) * 0.5).toFixed(2)})`;
}

/** The matrix in words: the two that move most alike. */
function sentence({ symbols, values }: { symbols: readonly string[]; values: readonly (readonly (number | null)[])[] }): string {
  let best: { a: string; b: string; r: number } | null = null;
  for (let i = 0; i < symbols.length; i++)
    for (let j = 0; j < i; j++) {
      const r = values[i]?.[j] ?? null;
      if (r !== null && (best === null || Math.abs(r) > Math.abs(best.r))) best = { a: symbols[i] ?? "", b: symbols[j] ?? "", r };
    }
  if (!best) return symbols.length < 2 ? "One position alone: there is nothing to compare it with." : "None of them moved in this period.";
  const how =
    best.r > 0.7 ? "move nearly as one: together they are one bet" : best.r < -0.3 ? "offset each other" : "move on their own for the most part";
  return `${best.a} and ${best.b} are the closest pair (${text(best.r)}): they ${how}.`;
}
