import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BacktestOptions } from "@/server/api/contract/backtests";
import { axisValues, type BacktestForm } from "./form-state";

type Props = {
  readonly form: BacktestForm;
  readonly set: (change: Partial<BacktestForm>) => void;
  readonly rule: BacktestOptions["ruleSets"][number] | undefined;
  readonly error: (field: string) => string | null;
};

/** The parameters that vary, and the windows of a walk-forward. */
export function AxisFields({ form, set, rule, error }: Props) {
  const free = rule?.params.filter((p) => !form.axes.some((a) => a.param === p.name)) ?? [];
  const change = (key: number, over: Partial<BacktestForm["axes"][number]>) =>
    set({ axes: form.axes.map((a) => (a.key === key ? { ...a, ...over } : a)) });
  const add = () => {
    const [p] = free;
    if (!p) return;
    const key = Math.max(0, ...form.axes.map((a) => a.key)) + 1;
    const step = p.step * (p.step === 1 ? 4 : 2);
    set({
      axes: [
        ...form.axes,
        { key, param: p.name, from: String(p.default), to: String(Math.min(p.max, Number((p.default + 4 * step).toFixed(6)))), step: String(step) },
      ],
    });
  };
  return (
    <section className="card" aria-label="What varies">
      <div className="card-h">
        <h2>What varies</h2>
        <span className="sub">two parameters make a heat map</span>
      </div>
      <div className="card-b stack g3">
        {form.axes.map((axis, i) => (
          <div key={axis.key} className="stack g2">
            <div className="form-grid">
              <Select
                label={`Parameter ${i + 1}`}
                value={axis.param}
                onChange={(param) => change(axis.key, { param })}
                error={error(`axes.${i}.param`)}
                options={(rule?.params ?? []).filter((p) => p.name === axis.param || free.includes(p)).map((p) => [p.name, p.label] as const)}
              />
              <Field label="From" error={error(`axes.${i}.values`)}>
                <input className="inp" inputMode="decimal" value={axis.from} onChange={(e) => change(axis.key, { from: e.target.value })} />
              </Field>
              <Field label="To">
                <input className="inp" inputMode="decimal" value={axis.to} onChange={(e) => change(axis.key, { to: e.target.value })} />
              </Field>
              <Field label="Step">
                <input className="inp" inputMode="decimal" value={axis.step} onChange={(e) => change(axis.key, { step: e.target.value })} />
              </Field>
            </div>
            <p className="row between fs12 t3">
              <span>{axisValues(axis).length} values</span>
              <button type="button" className="btn sm gho" onClick={() => set({ axes: form.axes.filter((a) => a.key !== axis.key) })}>
                Keep parameter {i + 1} fixed
              </button>
            </p>
          </div>
        ))}
        {error("axes") && <p className="err">{error("axes")}</p>}
        {free.length > 0 && form.axes.length < 4 && (
          <div>
            <button type="button" className="btn" onClick={add}>
              Vary a parameter
            </button>
          </div>
        )}
        {form.kind === "walk-forward" && (
          <div className="form-grid">
            <Field label="Choose on" unit="bars" hint="In sample: all combinations are tried here." error={error("inSample")}>
              <input className="inp" inputMode="numeric" value={form.inSample} onChange={(e) => set({ inSample: e.target.value })} />
            </Field>
            <Field label="Then trade" unit="bars" hint="Out of sample: only the best one trades here." error={error("outOfSample")}>
              <input className="inp" inputMode="numeric" value={form.outOfSample} onChange={(e) => set({ outOfSample: e.target.value })} />
            </Field>
            <Select
              label="Best by"
              value={form.objective}
              onChange={(objective) => set({ objective: objective as BacktestForm["objective"] })}
              options={[
                ["sharpe", "Sharpe ratio"],
                ["return", "Return"],
                ["calmar", "Calmar ratio"],
              ]}
            />
          </div>
        )}
      </div>
    </section>
  );
}
