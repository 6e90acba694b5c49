import Link from "next/link";
import { TextWell } from "@/components/format/text-well";
import { Time } from "@/components/format/time";
import { shortDuration } from "@/components/format/time-text";
import type { RunView } from "@/server/api/contract";
import { lengthOf, statusClass } from "./run-words";

/** What the run is, what started it, and what came of it. */
export function RunFacts({ run, now }: { run: RunView; now: number }) {
  return (
    <aside className="s4 stack" style={{ gap: "var(--gutter)" }} aria-label="In short">
      <section className="card">
        <div className="card-h">
          <h2>In short</h2>
        </div>
        <dl className="kv card-b">
          <dt>State</dt>
          <dd>
            <span className={`st ${statusClass(run.status)}`} data-testid="run-status">
              {run.status}
            </span>
          </dd>
          {run.reason && (
            <>
              <dt>Because</dt>
              <dd>{run.reason}</dd>
            </>
          )}
          <dt>Event</dt>
          <dd className="mono">{run.event}</dd>
          <dt>Queued</dt>
          <dd>
            <Time at={run.queuedAt} />
          </dd>
          <dt>Waited for its turn</dt>
          <dd>{run.startedAt === null ? "not begun yet" : shortDuration(run.startedAt - run.queuedAt)}</dd>
          <dt>{run.endedAt === null ? "Running for" : "Took"}</dt>
          <dd>{shortDuration(lengthOf(run, now))}</dd>
          <dt>Id</dt>
          <dd className="mono">{run.id.slice(-12)}</dd>
          {run.replayOf && (
            <>
              <dt>Again, after</dt>
              <dd>
                <Link className="link mono" href={`/runs/${run.replayOf}`}>
                  {run.replayOf.slice(-12)}
                </Link>
              </dd>
            </>
          )}
        </dl>
      </section>
      {!run.own && <p className="note">A run of the product itself, for all workspaces. What it was told and answered is not shown.</p>}
      {run.eventData && <Well title="What it was told" text={run.eventData} />}
      {run.output && run.output !== "null" && <Well title={run.status === "failed" ? "Why it failed" : "What it answered"} text={run.output} />}
    </aside>
  );
}

const Well = ({ title, text }: { title: string; text: string }) => (
  <section className="card">
    <div className="card-h">
      <h2>{title}</h2>
    </div>
    <div className="card-b">
      <TextWell label={title} text={text} maxHeight={260} />
    </div>
  </section>
);
