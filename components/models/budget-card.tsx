import { TableHead } from "@/components/ui/table-head";
import type { ModelsView } from "@/server/api/contract";
import { BudgetBar, usd } from "./budget-bar";

/** Today's model money of the workspace and of each agent. */
export function BudgetCard({ view }: { view: ModelsView }) {
  const { workspaceBudget: all, agents } = view;
  return (
    <section className="card s12" aria-labelledby="budget-h">
      <div className="card-h">
        <h2 id="budget-h">Model budget today</h2>
        <span className="sub">money is reserved before a call and settled after it; no reserve, no call</span>
      </div>
      <div className="card-b stack g2">
        <BudgetBar budget={all} label="Workspace model budget" />
        <div className="row wrap fs12 t2" style={{ gap: "4px 20px" }}>
          <span>
            settled <b className="num med t1">{usd(all.settled)}</b>
          </span>
          <span>
            reserved <b className="num med t1">{usd(all.reserved)}</b>
          </span>
          <span>
            cap <b className="num med t1">{usd(all.cap)}</b> USD a UTC day
          </span>
        </div>
      </div>
      {agents.length === 0 ? (
        <p className="card-b fs12 t3">No agent yet. Each agent gets its own cap below the workspace’s.</p>
      ) : (
        <div className="tbl-w card-line">
          <table className="tbl" aria-label="Model budgets of the agents">
            <TableHead columns={["Agent, USD", "Decides by", ["Settled", "r"], ["Reserved", "r"], ["Cap", "r"], "Used"]} />
            <tbody>
              {agents.map((a) => (
                <tr key={a.agentId}>
                  <td className="med nowrap">{a.name}</td>
                  <td className="t2 nowrap">{a.label}</td>
                  <td className="r">{usd(a.settled)}</td>
                  <td className="r">{usd(a.reserved)}</td>
                  <td className="r">{usd(a.cap)}</td>
                  <td style={{ width: "22%" }}>
                    <BudgetBar budget={a} label={`Model budget of ${a.name}`} />
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
