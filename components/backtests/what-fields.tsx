import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { BacktestOptions } from "@/server/api/contract/backtests";
import { type BacktestForm, defaultName, type Kind } from "./form-state";

const KINDS: readonly (readonly [Kind, string, string])[] = [
  ["single", "Backtest", "One run with the settings below; several agents can share the money."],
  ["sweep", "Sweep", "Every combination of some parameters, as a heat map."],
  ["walk-forward", "Walk-forward", "The best combination of one time trades the time after it, window by window."],
];

type Props = {
  readonly form: BacktestForm;
  readonly set: (change: Partial<BacktestForm>) => void;
  readonly options: BacktestOptions;
  readonly error: (field: string) => string | null;
};

/** What kind of test, over which time, with how much money. */
export function WhatFields({ form, set, options, error }: Props) {
  const symbols = new Set(form.agents.flatMap((a) => a.symbols));
  const infos = options.symbols.filter((s) => symbols.has(s.symbol));
  const intervals = (infos[0] ?? options.symbols[0])?.intervals.filter((i) => infos.every((s) => s.intervals.includes(i))) ?? [form.interval];
  const first = Math.max(0, ...infos.map((s) => s.firstTime ?? 0));
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const quote = infos[0]?.quote ?? options.symbols[0]?.quote ?? "";
  return (
    <section className="card" aria-label="What to test">
      <div className="card-h">
        <h2>What to test</h2>
      </div>
      <div className="card-b stack g3">
        <fieldset className="form-grid">
          <legend className="sr">Kind</legend>
          {KINDS.map(([kind, label, text]) => (
            <label key={kind} className={`rad ${form.kind === kind ? "on" : ""}`}>
              <input type="radio" name="kind" className="sr" checked={form.kind === kind} onChange={() => set({ kind })} />
              <b className="med">{label}</b>
              <span className="t3">{text}</span>
            </label>
          ))}
        </fieldset>
        <div className="form-grid">
          <Field label="Name" error={error("name")}>
            <input className="inp" value={form.name} placeholder={defaultName(form)} maxLength={80} onChange={(e) => set({ name: e.target.value })} />
          </Field>
          <Field label="Capital" unit={quote} hint="Split equally over the agents that name none of their own." error={error("capital")}>
            <input className="inp" inputMode="decimal" value={form.capital} onChange={(e) => set({ capital: e.target.value })} />
          </Field>
          <Field
            label="From, UTC"
            hint={first > 0 ? `Prices begin on ${day(first)}.` : "Prices go back as far as the venue has them."}
            error={error("from")}
          >
            <input className="inp" type="date" value={form.from} onChange={(e) => set({ from: e.target.value })} />
          </Field>
          <Field label="Until, UTC" hint={`The market has come to ${day(options.now)}; the day itself is not included.`} error={error("to")}>
            <input className="inp" type="date" value={form.to} onChange={(e) => set({ to: e.target.value })} />
          </Field>
          <Select
            label="Bars"
            value={form.interval}
            onChange={(interval) => set({ interval })}
            error={error("interval")}
            options={intervals.map((i) => [i, `${i}: decides at the close of each`] as const)}
          />
        </div>
      </div>
    </section>
  );
}
