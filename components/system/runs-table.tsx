import { Time } from "@/components/format/time";
import { shortDuration } from "@/components/format/time-text";
import { withKeys } from "@/components/format/with-keys";
import type { SystemView } from "@/server/api/contract";

/** The latest runs of durable work. */
export function RunsTable({ runs }: { runs: SystemView["runs"] }) {
  return (
    <section className="card s12" aria-labelledby="runs-h">
      <div className="card-h">
        <h2 id="runs-h">Recent runs of durable work</h2>
        <span className="sub">survives a restart: a run goes on where it stopped</span>
      </div>
      {runs.length === 0 ? (
        <p className="card-b fs12 t2">No run yet. The first one appears within a minute after an agent starts.</p>
      ) : (
        <div className="tbl-w">
          <table className="tbl compact" aria-labelledby="runs-h">
            <thead>
              <tr>
                <th scope="col">Function</th>
                <th scope="col">State</th>
                <th scope="col">Started</th>
                <th scope="col" className="r">
                  Took
                </th>
              </tr>
            </thead>
            <tbody>
              {withKeys(runs, (r) => `${r.functionId}:${r.startedAt}`).map(({ key, item: run }) => (
                <tr key={key}>
                  <td className="mono">{run.functionId}</td>
                  <td>
                    <span className={`st ${stateClass(run.status)}`}>{run.status}</span>
                  </td>
                  <td>
                    <Time at={run.startedAt} />
                  </td>
                  <td className="r">{run.endedAt === null ? "still running" : shortDuration(run.endedAt - run.startedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function stateClass(status: string): string {
  const word = status.toLowerCase();
  if (word.startsWith("fail")) return "halt";
  if (word.startsWith("complete") || word === "done") return "on";
  return word.startsWith("cancel") ? "off" : "cool";
}
