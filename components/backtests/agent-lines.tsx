import { Money } from "@/components/format/number";
import { TableHead } from "@/components/ui/table-head";
import type { BacktestResult } from "@/server/backtest";
import { Drawdown, Ratio, SignedReturn } from "./figures";
import { paramsWords, RULE_WORDS } from "./words";

/** Each agent of a run on its own; its figures add up to the whole. */
export function AgentLines({ result }: { result: BacktestResult }) {
  return (
    <section className="card s12" aria-label="Agents">
      <div className="card-h">
        <h2>Agents</h2>
        <span className="sub">each with its own account</span>
      </div>
      <div className="tbl-w">
        <table className="tbl roomy">
          <TableHead
            columns={[
              "Agent",
              [`Capital, ${result.currency}`, "r"],
              [`Equity, ${result.currency}`, "r"],
              ["Net, %", "r"],
              ["Drawdown, %", "r"],
              ["Sharpe, a year", "r"],
              ["Orders, reduced, denied", "r"],
            ]}
          />
          <tbody>
            {result.agents.map((a) => (
              <tr key={`${a.name} ${a.symbols.join()} ${paramsWords(a.params)}`}>
                <td>
                  <span className="med">{a.name}</span>
                  <span className="nm2">
                    {RULE_WORDS[a.ruleSet] ?? a.ruleSet} on {a.symbols.join(", ")} {paramsWords(a.params)}
                  </span>
                </td>
                <td className="r">
                  <Money value={a.capital} />
                </td>
                <td className="r">
                  <Money value={a.equity} />
                </td>
                <td className="r">
                  <SignedReturn figure={a.performance.totalReturn} />
                </td>
                <td className="r">
                  <Drawdown depth={a.performance.drawdown.depth} />
                </td>
                <td className="r">
                  <Ratio figure={a.performance.sharpe} />
                </td>
                <td className="r t2">
                  {a.orders}, {a.reduced}, {a.denied}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td>All</td>
              <td className="r">
                <Money value={result.capital} />
              </td>
              <td className="r">
                <Money value={result.equity} />
              </td>
              <td className="r">
                <SignedReturn figure={result.performance.totalReturn} />
              </td>
              <td className="r">
                <Drawdown depth={result.performance.drawdown.depth} />
              </td>
              <td className="r">
                <Ratio figure={result.performance.sharpe} />
              </td>
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  );
}
