import { Check, TriangleAlert } from "lucide-react";
import { formatFigure } from "@/components/format/decimal-text";
import { TableHead } from "@/components/ui/table-head";
import type { DecisionDetail } from "@/server/api/contract";
import { splitPostings } from "./split-postings";
import { Step } from "./step";

/** Double entry: every posting of this decision under debit or credit, and whether they balance. */
export function LedgerStep({ n, view }: { n: number; view: DecisionDetail }) {
  const { lines, totals, balanced } = splitPostings(view.postings);
  const money = (text: string | null) => (text === null ? "" : formatFigure(text, { min: 2, max: 8 }));
  if (lines.length === 0)
    return (
      <Step n={n} id="ledger" title="Ledger">
        <p className="card fs12 t2" style={{ padding: "12px 16px" }}>
          Nothing was booked: no money moved.
        </p>
      </Step>
    );
  return (
    <Step n={n} id="ledger" title="Ledger" about={`Double entry; ${lines.length} postings`}>
      <div className="card">
        <div className="tbl-w">
          <table className="tbl compact" aria-label="Ledger postings">
            <TableHead columns={["Account", "Kind", "Currency", ["Debit", "r"], ["Credit", "r"]]} />
            <tbody>
              {lines.map((line) => (
                <tr key={line.key}>
                  <td className="nowrap">{line.account}</td>
                  <td className="t3">{line.kind}</td>
                  <td className="t3">{line.currency}</td>
                  <td className="r">{money(line.debit)}</td>
                  <td className="r">{money(line.credit)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              {totals.map((total, i) => (
                <tr key={total.currency}>
                  <td>{i === 0 && <Balance balanced={balanced} />}</td>
                  <td />
                  <td className="t3">{total.currency}</td>
                  <td className="r">{money(total.debit)}</td>
                  <td className="r">{money(total.credit)}</td>
                </tr>
              ))}
            </tfoot>
          </table>
        </div>
      </div>
    </Step>
  );
}

function Balance({ balanced }: { balanced: boolean }) {
  return (
    <span className={balanced ? "row gain" : "row loss"} style={{ gap: 6 }}>
      {balanced ? <Check className="i i-s" aria-hidden="true" /> : <TriangleAlert className="i i-s" aria-hidden="true" />}
      {balanced ? "Balanced" : "Not balanced"}
    </span>
  );
}
