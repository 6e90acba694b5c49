import { Select } from "@/components/ui/select";
import type { BacktestOptions } from "@/server/api/contract/backtests";
import type { BacktestForm } from "./form-state";
import { LimitsAbove } from "./limits-above";

type Props = {
  readonly form: BacktestForm;
  readonly set: (change: Partial<BacktestForm>) => void;
  readonly options: BacktestOptions;
  readonly error: (field: string) => string | null;
};

/** Whether the limits above an agent hold in the past, too: those that stand now. */
export function LimitFields({ form, set, options: { limits }, error }: Props) {
  const farm = limits.farms.find((f) => f.farmId === form.farmId);
  const problem = error("limitsAbove");
  return (
    <section className="card" aria-label="Limits">
      <div className="card-h">
        <h2>Limits</h2>
        <span className="sub">as they are now; what is changed later does not change this backtest</span>
      </div>
      <div className="card-b stack g3">
        <label className="row g2 fs12">
          <input
            type="checkbox"
            checked={form.underLimits}
            onChange={(e) => set({ underLimits: e.target.checked })}
            aria-describedby={problem ? "limits-above-error" : undefined}
          />
          the workspace's limits too
        </label>
        {problem && (
          <p className="err" id="limits-above-error">
            {problem}
          </p>
        )}
        {form.underLimits && (
          <>
            {limits.farms.length > 0 && (
              <Select
                label="And those of a farm, with all above it"
                value={farm?.farmId ?? ""}
                onChange={(farmId) => set({ farmId })}
                error={error("limitsAbove.farmId")}
                options={[
                  ["", "no farm"],
                  ...limits.farms.map(
                    (f) =>
                      [
                        f.farmId,
                        f.chain
                          .map((c) => c.name)
                          .reverse()
                          .join(" › "),
                      ] as const,
                  ),
                ]}
              />
            )}
            <LimitsAbove limits={{ workspace: limits.workspace, farms: farm?.chain ?? [] }} currency={limits.currency} />
            <p className="t3 fs12">Each agent is judged as if it were alone under them: nobody else's orders and positions use them up.</p>
          </>
        )}
      </div>
    </section>
  );
}
