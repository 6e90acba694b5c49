import Link from "next/link";
import { Time } from "@/components/format/time";
import { TableHead } from "@/components/ui/table-head";
import type { SystemView } from "@/server/api/contract";

/** Ticks that passed while nobody could run them. They are shown, never run late. */
export function GapsTable({ gaps }: { gaps: SystemView["gaps"] }) {
  return (
    <section className="card s12" aria-labelledby="gaps-h">
      <div className="card-h">
        <h2 id="gaps-h">Missed ticks</h2>
        <span className="sub">a tick that was missed is shown here and never run late</span>
      </div>
      {gaps.length === 0 ? (
        <p className="card-b fs12 t2">No tick was missed. If this server stops, every tick it could not run will be listed here.</p>
      ) : (
        <div className="tbl-w">
          <table className="tbl" aria-labelledby="gaps-h">
            <TableHead columns={["Agent", "First missed, market time", "Last missed, market time", ["Ticks", "r"]]} />
            <tbody>
              {gaps.map((gap) => (
                <tr key={`${gap.agentId}:${gap.from}`}>
                  <td>
                    <Link className="link" href={`/agents/${gap.agentId}`}>
                      {gap.agentName}
                    </Link>
                  </td>
                  <td>
                    <Time at={gap.from} />
                  </td>
                  <td>
                    <Time at={gap.to} />
                  </td>
                  <td className="r">{gap.count}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
