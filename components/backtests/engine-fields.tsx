import type { BacktestOptions } from "@/server/api/contract/backtests";
import type { BacktestForm } from "./form-state";
import { ENGINE_WORDS } from "./words";

type Props = {
  readonly form: BacktestForm;
  readonly set: (change: Partial<BacktestForm>) => void;
  readonly options: BacktestOptions;
  readonly error: (field: string) => string | null;
};

/** Which engine runs it: identical trades, other speeds. */
export function EngineFields({ form, set, options, error }: Props) {
  const refused = form.agents.map((a) => options.pathDependent[a.ruleSet]).find((why) => why != null);
  return (
    <fieldset className="stack g2">
      <legend className="sr">Engine</legend>
      {(["event", "array", "audited"] as const).map((engine) => (
        <label key={engine} className={`rad ${form.engine === engine ? "on" : ""}`}>
          <input type="radio" name="engine" className="sr" checked={form.engine === engine} onChange={() => set({ engine })} />
          <b className="med">{ENGINE_WORDS[engine].label}</b>
          <span className="t3">{ENGINE_WORDS[engine].text}</span>
          {engine === "array" && refused && <span className="t3">It does not take mean reversion: {refused}.</span>}
        </label>
      ))}
      {error("engine") && <p className="err">{error("engine")}</p>}
      <p className="t3 fs12">The trades are the same in all three, to the last digit.</p>
    </fieldset>
  );
}
