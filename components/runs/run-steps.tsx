import { shortDuration } from "@/components/format/time-text";
import { withKeys } from "@/components/format/with-keys";
import { Empty } from "@/components/ui/states";
import type { RunStepView, RunView } from "@/server/api/contract";
import { statusClass } from "./run-words";

const OPS: Readonly<Record<string, string>> = {
  StepRun: "step",
  Step: "step",
  StepError: "step",
  StepFailed: "step",
  Sleep: "sleep",
  WaitForEvent: "waits for an event",
  InvokeFunction: "another function",
  Function: "the function itself",
};

/** Every try of every step, each as a bar from its beginning to its end on one axis. */
export function RunSteps({ run, now }: { run: RunView; now: number }) {
  const end = run.endedAt ?? now;
  const span = Math.max(1, end - run.queuedAt);
  const place = (s: RunStepView) => {
    const from = Math.max(0, ((s.startedAt - run.queuedAt) / span) * 100);
    const to = Math.min(100, (((s.endedAt ?? end) - run.queuedAt) / span) * 100);
    return { left: `${from}%`, width: `${Math.max(0.8, to - from)}%` };
  };
  return (
    <section className="card s8" aria-labelledby="steps-h">
      <div className="card-h">
        <h2 id="steps-h">Steps</h2>
        <span className="sub">{shortDuration(span)} from queued to end</span>
      </div>
      {run.steps.length === 0 ? (
        <Empty title="No step yet">A step appears when its first try has ended.</Empty>
      ) : (
        <div className="tbl-w">
          <table className="tbl" aria-labelledby="steps-h" data-testid="run-steps">
            <thead>
              <tr>
                <th scope="col">Step</th>
                <th scope="col">State</th>
                <th scope="col" className="r">
                  Try
                </th>
                <th scope="col" className="r">
                  Took
                </th>
                <th scope="col" style={{ width: "38%" }}>
                  When
                </th>
              </tr>
            </thead>
            <tbody>
              {withKeys(run.steps, (s) => `${s.name} ${s.attempt} ${s.startedAt}`).map(({ key, item: s }) => (
                <tr key={key}>
                  <td>
                    <span className="med">{s.name}</span>
                    <span className="nm2">{OPS[s.op] ?? s.op}</span>
                    {s.error && <span className="nm2 loss">{s.error}</span>}
                  </td>
                  <td>
                    <span className={`st ${statusClass(s.status as RunView["status"])}`}>{s.status === "retrying" ? "tried again" : s.status}</span>
                  </td>
                  <td className="r">{s.attempt + 1}</td>
                  <td className="r">{shortDuration((s.endedAt ?? now) - s.startedAt)}</td>
                  <td>
                    <div
                      className={`run-bar ${s.op === "Sleep" || s.op === "WaitForEvent" || s.op === "InvokeFunction" ? "waits" : ""}`}
                      aria-hidden="true"
                    >
                      <i style={place(s)} />
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
