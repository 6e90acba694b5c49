import type { ModelsView } from "@/server/api/contract";

/** Deciders that are rules: same input, same decision, no text read, no cost. */
export function RulesCard({ rules }: { rules: ModelsView["rules"] }) {
  return (
    <section className="card s12" aria-labelledby="rules-h">
      <div className="card-h">
        <h2 id="rules-h">Rules (not a model)</h2>
        <span className="sub">they need no key and cost nothing; the same input gives the same decision</span>
      </div>
      <div className="card-b grid">
        {rules.map((rule) => (
          <section key={rule.id} className="s6 stack g2" aria-label={rule.label}>
            <h3 className="med">{rule.label}</h3>
            <p className="fs12 t2">{rule.description}</p>
            {rule.params.length > 0 && (
              <dl className="kv fs12">
                {rule.params.map((p) => (
                  <div key={p.name} style={{ display: "contents" }}>
                    <dt>{p.label}</dt>
                    <dd>
                      {p.default} <span className="t3">{`(${p.min} to ${p.max})`}</span>
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </section>
        ))}
      </div>
    </section>
  );
}
