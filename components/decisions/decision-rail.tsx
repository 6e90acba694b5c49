import { shortDuration } from "@/components/format/time-text";
import type { DecisionDetail } from "@/server/api/contract";

export type RailStep = { readonly id: string; readonly title: string };

/** The steps at the left, and how long each recorded phase took. */
export function DecisionRail({ steps, timings }: { steps: readonly RailStep[]; timings: DecisionDetail["timings"] }) {
  const end = timings.reduce((most, t) => Math.max(most, t.startMs + t.durationMs), 0);
  const share = (ms: number) => (end > 0 ? (100 * ms) / end : 0);
  return (
    <nav className="rail" aria-label="Steps of this decision">
      {steps.map((step, i) => (
        <a key={step.id} href={`#${step.id}`}>
          <span className="n">{i + 1}</span>
          <span>{step.title}</span>
          <span className="ms" />
        </a>
      ))}
      {timings.length > 0 && (
        <div className="stack g1 fs11 t3" style={{ padding: "12px 8px 0" }}>
          <span>Measured, {shortDuration(end)} in all</span>
          {timings.map((t) => (
            <div key={`${t.phase}:${t.startMs}`} className="stack" style={{ gap: 2 }}>
              <span className="row between">
                <span>{t.phase}</span>
                <span className="num">{Math.round(t.durationMs)} ms</span>
              </span>
              <span style={{ position: "relative", height: 3, background: "var(--surface-3)" }} aria-hidden="true">
                <i
                  style={{
                    position: "absolute",
                    height: 3,
                    left: `${share(t.startMs)}%`,
                    width: `max(2px, ${share(t.durationMs)}%)`,
                    background: "var(--text-3)",
                  }}
                />
              </span>
            </div>
          ))}
        </div>
      )}
    </nav>
  );
}
