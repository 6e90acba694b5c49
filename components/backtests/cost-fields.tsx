import { Field } from "@/components/ui/field";
import type { BacktestForm, CostName } from "./form-state";

const FIELDS: readonly (readonly [CostName, string, string])[] = [
  ["takerFee", "Taker fee", "A fraction: 0.001 is 10 bp of what is traded."],
  ["makerFee", "Maker fee", "For resting limit orders; rules send market orders."],
  ["halfSpread", "Half spread", "What a market order pays beside the open."],
  ["impact", "Depth impact", "Taking the share s of a bar's volume pays this × √s on top."],
  ["participation", "Share of volume", "At most this share of the last bar's volume fills at once, the rest at later bars."],
];

/** What trading costs, and the comparison with random entries. */
export function CostFields({
  form,
  set,
  error,
}: {
  form: BacktestForm;
  set: (change: Partial<BacktestForm>) => void;
  error: (field: string) => string | null;
}) {
  return (
    <section className="card" aria-label="Costs and comparison">
      <div className="card-h">
        <h2>Costs and comparison</h2>
        <span className="sub">the strategy, buy-and-hold and random entries all pay them</span>
      </div>
      <div className="card-b form-grid">
        {FIELDS.map(([name, label, hint]) => (
          <Field key={name} label={label} hint={hint} error={error(`costs.${name}`)}>
            <input
              className="inp"
              inputMode="decimal"
              value={form.costs[name]}
              onChange={(e) => set({ costs: { ...form.costs, [name]: e.target.value } })}
            />
          </Field>
        ))}
        {form.kind === "single" && (
          <>
            <Field
              label="Random entries"
              hint="Draws with the same number of trades, sizes and holding times; 0 leaves them out."
              error={error("draws")}
            >
              <input className="inp" inputMode="numeric" value={form.draws} onChange={(e) => set({ draws: e.target.value })} />
            </Field>
            <Field label="Seed" hint="The same seed draws the same entries." error={error("seed")}>
              <input className="inp" inputMode="numeric" value={form.seed} onChange={(e) => set({ seed: e.target.value })} />
            </Field>
          </>
        )}
      </div>
    </section>
  );
}
