import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BacktestOptions } from "@/server/api/contract/backtests";
import type { AgentDraft, RuleSet } from "./form-state";

type Props = {
  readonly agent: AgentDraft;
  readonly options: BacktestOptions;
  readonly interval: string;
  /** Parameters that a sweep varies: they have no value of their own here. */
  readonly swept: readonly string[];
  readonly alone: boolean;
  readonly set: (change: Partial<AgentDraft>) => void;
  readonly onRemove: () => void;
  readonly error: (field: string) => string | null;
};

/** One agent: its rule set with the parameters, its symbols, its money. */
export function AgentFields({ agent, options, interval, swept, alone, set, onRemove, error }: Props) {
  const rule = options.ruleSets.find((r) => r.id === agent.ruleSet);
  const toggle = (symbol: string) =>
    set({ symbols: agent.symbols.includes(symbol) ? agent.symbols.filter((s) => s !== symbol) : [...agent.symbols, symbol] });
  const symbolError = error("symbols");
  return (
    <section className="card" aria-label={agent.name}>
      <div className="card-h">
        <h2>{alone ? "Who decides" : agent.name}</h2>
        <span className="sub">fixed rules, not a language model</span>
        {!alone && (
          <span className="end">
            <button type="button" className="btn sm gho" onClick={onRemove}>
              Remove {agent.name}
            </button>
          </span>
        )}
      </div>
      <div className="card-b stack g3">
        <div className="form-grid">
          <Select
            label="Rule set"
            value={agent.ruleSet}
            onChange={(ruleSet) => set({ ruleSet: ruleSet as RuleSet, params: {} })}
            error={error("ruleSet")}
            options={options.ruleSets.map((r) => [r.id, r.label] as const)}
          />
          {!alone && (
            <Field label="Own capital" hint="Empty: an equal share." error={error("capital")}>
              <input className="inp" inputMode="decimal" value={agent.capital} onChange={(e) => set({ capital: e.target.value })} />
            </Field>
          )}
        </div>
        {rule && <p className="hint">{rule.description}</p>}
        <fieldset>
          <legend className="lbl" style={{ marginBottom: 6 }}>
            Symbols
          </legend>
          <div className="row wrap">
            {options.symbols.map((s) => (
              <label key={s.symbol} className="row" style={{ gap: 6, minHeight: 28 }}>
                <input
                  type="checkbox"
                  checked={agent.symbols.includes(s.symbol)}
                  disabled={!s.intervals.includes(interval)}
                  onChange={() => toggle(s.symbol)}
                />
                <span>{s.symbol}</span>
                {s.sourceKind === "simulated" && <span className="bdg m-sim">Simulated</span>}
              </label>
            ))}
          </div>
          {symbolError && <p className="err">{symbolError}</p>}
        </fieldset>
        {rule && rule.params.length > 0 && (
          <div className="form-grid">
            {rule.params
              .filter((p) => !swept.includes(p.name))
              .map((p) => (
                <Field key={p.name} label={p.label} hint={`${p.min} to ${p.max}`} error={error(`params.${p.name}`)}>
                  <input
                    className="inp"
                    inputMode="decimal"
                    value={agent.params[p.name] ?? String(p.default)}
                    onChange={(e) => set({ params: { ...agent.params, [p.name]: e.target.value } })}
                  />
                </Field>
              ))}
          </div>
        )}
      </div>
    </section>
  );
}
