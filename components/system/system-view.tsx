import type { SystemView as View } from "@/server/api/contract";
import { ClocksCard } from "./clocks-card";
import { GapsTable } from "./gaps-table";
import { PaperRules } from "./paper-rules";
import { PartsTable } from "./parts-table";
import { systemSummary } from "./system-summary";

/** What this installation runs on, whether it is up, and what it missed. */
export function SystemView({ view }: { view: View }) {
  const summary = systemSummary(view.parts);
  return (
    <>
      <div className="page-h">
        <div>
          <h1>System</h1>
          <div className="scope">
            <span className={`st ${summary.state}`}>{summary.words}</span>
            <span className="dot" />
            <span>{summary.kinds}</span>
            <span className="dot" />
            <span>mode {view.mode}</span>
            <span className="dot" />
            <span>
              build <span className="mono">{view.build}</span>
            </span>
          </div>
        </div>
      </div>
      <div className="grid">
        <PartsTable parts={view.parts} />
        <div className="s4 stack" style={{ gap: "var(--gutter)" }}>
          <ClocksCard view={view} />
          <PaperRules />
        </div>
        <GapsTable gaps={view.gaps} />
      </div>
    </>
  );
}
