import { Money } from "@/components/format/number";
import type { PortfolioRiskView } from "@/server/api/contract/risk";
import { Refused } from "./refused";
import { type Method, shareText } from "./risk-words";

/** What each position adds to value at risk; the parts add up to the whole. */
export function ComponentBars({ risk: r, method }: { risk: PortfolioRiskView; method: Method }) {
  const m = r.methods[method];
  const parts = m.ok ? m.value.valueAtRisk.parts : [];
  const most = Math.max(...parts.map((p) => Math.abs(p.component)), Number.MIN_VALUE);
  return (
    <section className="card s4" aria-labelledby="component-h">
      <div className="card-h">
        <h2 id="component-h">Where the risk comes from</h2>
        <span className="end fs12 t3">component VaR</span>
      </div>
      {!m.ok && <Refused message={m.message} />}
      {m.ok && (
        <div className="card-b stack">
          <ul className="list">
            {[...parts]
              .sort((a, b) => b.component - a.component)
              .map((p) => (
                <li key={p.symbol} className="comp">
                  <span className="row between">
                    <span className="med">{p.symbol}</span>
                    <span className="num">
                      <Money value={p.money} />
                    </span>
                  </span>
                  <span className="cvar" aria-hidden="true">
                    <i className={p.component < 0 ? "neg" : ""} style={{ width: `${(Math.abs(p.component) / most) * 100}%` }} />
                  </span>
                  <span className="fs12 t3">
                    {shareText(p.weight)} of equity; one more {r.currency} of it changes VaR by {p.marginal.toFixed(4)}
                    {p.component < 0 && "; it lowers the whole"}
                  </span>
                </li>
              ))}
          </ul>
          <div className="row between card-line" style={{ paddingTop: 12 }}>
            <span className="med">Portfolio</span>
            <span className="med">
              <Money value={m.value.valueAtRisk.money} unit={r.currency} />
            </span>
          </div>
        </div>
      )}
    </section>
  );
}
