import { shortDuration } from "@/components/format/time-text";
import { TableHead } from "@/components/ui/table-head";
import type { DecisionDetail } from "@/server/api/contract";
import { Step } from "./step";
import { TrustMark } from "./trust-mark";

/** What the agent saw when it decided, and how far each item can be believed. */
export function ContextStep({ n, view }: { n: number; view: DecisionDetail }) {
  const { context, row } = view;
  if (context.length === 0)
    return (
      <Step n={n} id="context" title="Context">
        <p className="card fs12 t2" style={{ padding: "12px 16px" }}>
          {row.phase === "claimed" ? "The context is being read now." : "No context was recorded: the turn ended before it was read."}
        </p>
      </Step>
    );
  return (
    <Step n={n} id="context" title="Context" about={`What it saw: ${context.length} ${context.length === 1 ? "item" : "items"}`}>
      <div className="card">
        {view.masked && (
          <p className="hint" style={{ padding: "10px 16px 0" }}>
            Masked run: this is what the model read. Its assets have other names, its dates are moved and its prices scaled; money is as it was. The
            decision below is in real symbols and prices again.
          </p>
        )}
        <div className="tbl-w">
          <table className="tbl compact" aria-label="Context items">
            <TableHead columns={["Item", "What it said", "Trust", ["Age", "r"]]} />
            <tbody>
              {context.map((item) => (
                <tr key={item.id}>
                  <td className="nowrap" style={{ paddingBlock: 6 }}>
                    <span className="med">{item.title}</span>
                    <span className="nm2">{item.source}</span>
                  </td>
                  <td className="t2" style={{ overflowWrap: "anywhere", paddingBlock: 6, minWidth: 200 }}>
                    <ItemText text={item.text} />
                  </td>
                  <td>
                    <TrustMark trust={item.trust} />
                  </td>
                  <td className="r t3">{shortDuration(row.at - item.at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </Step>
  );
}

const SHORT_LINES = 4;

/** Long items (a table of bars) open on demand: nothing is left out, and the page stays readable. */
function ItemText({ text }: { text: string }) {
  const lines = text.split("\n");
  if (lines.length <= SHORT_LINES) return <span style={{ whiteSpace: "pre-wrap" }}>{text}</span>;
  return (
    <details>
      <summary>
        {lines[0]} <span className="link nowrap">All {lines.length} lines</span>
      </summary>
      <span style={{ whiteSpace: "pre-wrap" }}>{lines.slice(1).join("\n")}</span>
    </details>
  );
}
