"use client";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { ModelsView } from "@/server/api/contract";
import type { AgentForm } from "./agent-form-state";

type Props = {
  readonly form: AgentForm;
  readonly set: (change: Partial<AgentForm>) => void;
  readonly models: ModelsView | undefined;
  readonly error: (field: string) => string | null;
};

/** Rules with their parameters, or a model. */
export function DeciderFields({ form, set, models, error }: Props) {
  const rule = models?.rules.find((r) => r.id === form.ruleSet);
  const all = models?.providers.flatMap((p) => p.models) ?? [];
  return (
    <>
      <fieldset className="form-grid">
        <legend className="lbl" style={{ marginBottom: 6 }}>
          Who decides
        </legend>
        {(["rules", "model"] as const).map((kind) => (
          <label key={kind} className={`rad ${form.deciderKind === kind ? "on" : ""}`}>
            <input
              type="radio"
              name="decider"
              className="sr"
              checked={form.deciderKind === kind}
              onChange={() => set({ deciderKind: kind, model: form.model || (all[0]?.id ?? "") })}
            />
            <b className="med">{kind === "rules" ? "Rules" : "Claude"}</b>
            <span className="t3">
              {kind === "rules"
                ? "Fixed rules, not a language model. They cost nothing and do not read the strategy."
                : "A language model, with the key on the Models page. It reads the strategy."}
            </span>
          </label>
        ))}
      </fieldset>
      {form.deciderKind === "model" ? (
        <>
          <Select
            label="Model"
            value={form.model}
            onChange={(model) => set({ model })}
            error={error("decider.model") ?? error("decider")}
            options={all.map((m) => [m.id, `${m.label} · ${m.inputPerMTok} in, ${m.outputPerMTok} out, USD per million tokens`] as const)}
          />
          <Select
            label="What it reads"
            value={form.masked ? "masked" : "plain"}
            onChange={(choice) => set({ masked: choice === "masked" })}
            error={error("masked")}
            options={[
              ["plain", "Plain: symbols, dates and prices as they are"],
              ["masked", "Masked: symbols, dates and prices hidden"],
            ]}
          />
          <p className="hint">
            In a masked run assets are called ASSETA, ASSETB and so on, dates are moved and prices scaled, so that the model cannot recall what came
            next.
          </p>
        </>
      ) : (
        <>
          <Select
            label="Rule set"
            value={form.ruleSet}
            onChange={(ruleSet) => set({ ruleSet, params: {} })}
            error={error("decider.ruleSet")}
            options={(models?.rules ?? []).map((r) => [r.id, r.label] as const)}
          />
          {rule && <p className="hint">{rule.description}</p>}
          {rule && rule.params.length > 0 && (
            <div className="form-grid">
              {rule.params.map((p) => (
                <Field key={p.name} label={p.label} hint={`${p.min} to ${p.max}`} error={error(`decider.params.${p.name}`)}>
                  <input
                    className="inp"
                    inputMode="decimal"
                    value={form.params[p.name] ?? String(p.default)}
                    onChange={(e) => set({ params: { ...form.params, [p.name]: e.target.value } })}
                  />
                </Field>
              ))}
            </div>
          )}
        </>
      )}
    </>
  );
}
