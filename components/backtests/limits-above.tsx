import type { LimitsAboveSpec } from "@/server/backtest";
import { levelsOf, levelWords } from "./limit-words";

/** Which limits hold above the agents, level by level, the widest first. */
export function LimitsAbove({ limits, currency }: { limits: LimitsAboveSpec; currency: string }) {
  return (
    <dl className="kv" data-testid="limits-above">
      {levelsOf(limits, currency).map((level) => (
        <div key={level.key} style={{ display: "contents" }}>
          <dt>{level.label}</dt>
          <dd>{levelWords(level)}</dd>
        </div>
      ))}
    </dl>
  );
}
