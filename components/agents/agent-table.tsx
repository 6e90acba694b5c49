import Link from "next/link";
import { Sparkline } from "@/components/charts/sparkline";
import { Money, Percent, Pnl, Return } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import { Empty } from "@/components/ui/states";
import type { AgentRow } from "@/server/api/contract";
import { Action } from "./action";
import { Sigil } from "./sigil";
import { Status } from "./status";

/** Who earns its keep: each agent beside holding. Paper only, so there is one group. */
export function AgentTable({ agents, marketNow }: { agents: readonly AgentRow[]; marketNow: number }) {
  if (agents.length === 0)
    return (
      <Empty title="No agents yet">
        <Link href="/agents/new" className="btn pri">
          Make the first agent
        </Link>
      </Empty>
    );
  return (
    <div className="tbl-w">
      <table className="tbl roomy">
        <thead>
          <tr>
            <th>Agent</th>
            <th>Status</th>
            <th className="r">Equity, {agents[0]?.currency}</th>
            <th className="r">Net of fees</th>
            <th className="r">Held instead</th>
            <th className="r hide-s">Today</th>
            <th className="r hide-s">Deepest fall</th>
            <th className="hide-s">Equity</th>
            <th>Last decision</th>
          </tr>
        </thead>
        <tbody>
          {agents.map((a) => (
            <tr className="lnk" key={a.id}>
              <td>
                <div className="row">
                  <Sigil id={a.id} />
                  <div>
                    <Link href={`/agents/${a.id}`} className="med nowrap">
                      {a.name}
                    </Link>
                    <span className="nm2">
                      {a.symbols.join(", ")}
                      <span className="hide-s">
                        {" "}
                        · {a.deciderLabel} · {a.trigger}
                      </span>
                    </span>
                  </div>
                </div>
              </td>
              <td>
                <Status status={a.status} />
              </td>
              <td className="r">
                <Money value={a.equity} />
              </td>
              <td className="r">
                <Return value={a.netReturn} />
              </td>
              <td className="r">
                <Return value={a.holdReturn} />
              </td>
              <td className="r hide-s">
                <Pnl value={a.todayPnl} />
              </td>
              <td className="r hide-s">
                <Percent value={a.maxDrawdown} />
              </td>
              <td className="hide-s">
                <Sparkline values={a.spark} label={`Equity of ${a.name}`} />
              </td>
              <td>
                {a.lastDecision ? (
                  <Link href={`/decisions/${a.lastDecision.turnId}`} className="row">
                    <Action action={a.lastDecision.action} />
                    <span className="t3">
                      <ShortTime at={a.lastDecision.at} now={marketNow} />
                    </span>
                  </Link>
                ) : (
                  <span className="t3">none yet</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
