/** A number against its limit: grey, amber from 80 % with "near", red from 100 % with "stopped". */
export function Meter({ label, value, limit, share, badge }: { label: string; value: string; limit: string; share: number; badge?: string | null }) {
  const width = Math.max(0, Math.min(1, share)) * 100;
  const state = share >= 1 ? "over" : share >= 0.8 ? "near" : "";
  const word = badge ?? (state === "over" ? "stopped" : state === "near" ? "near" : null);
  return (
    <div className="lim">
      <div className="lim-t">
        <span>{label}</span>
        {word && <span className={`bdg ${state === "over" ? "loss" : "warn"}`}>{word}</span>}
        <span className="v">
          <b>{value}</b> <span className="t3">/ {limit}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a native meter cannot be drawn with the tick and hatch of our bars */}
      <div
        className="bar"
        role="meter"
        aria-label={label}
        aria-valuenow={Math.round(width)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={`${value} of ${limit}`}
      >
        <i className={state} style={{ width: `${width}%` }} />
      </div>
    </div>
  );
}
