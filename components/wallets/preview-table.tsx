import { Check, Equal, X } from "lucide-react";
import { formatDecimal, signOf } from "@/components/format/decimal-text";
import { Money } from "@/components/format/number";
import type { PreviewView } from "@/server/api/contract/wallets";

const moveText = (move: string): string => `${signOf(move, 2) > 0 ? "+" : ""}${formatDecimal(move, 2)}`;

/** Every wallet that a movement touches: now, what moves, and after; the checks beside it; conserved in the end. Shared by every dialog that moves money. */
export function PreviewTable({ preview: p }: { preview: PreviewView }) {
  return (
    <section className="wal-preview" aria-label="Preview">
      <table className="tbl compact">
        <thead>
          <tr>
            <th>Wallet</th>
            <th className="r">Now, {p.currency}</th>
            <th className="r">Move</th>
            <th className="r">After</th>
          </tr>
        </thead>
        <tbody>
          {p.rows.map((r) => (
            <tr key={r.nodeId ?? "outside"}>
              <td>
                {r.name}
                {r.checks.map((c) => (
                  <span key={c.rule} className={`fs12 row g1 ${c.ok ? "t3" : "loss"}`} style={{ alignItems: "flex-start" }}>
                    {c.ok ? <Check className="i" aria-hidden="true" /> : <X className="i" aria-hidden="true" />}
                    <span>
                      <span className="sr">{c.ok ? "passed: " : "refused: "}</span>
                      {c.text}
                    </span>
                  </span>
                ))}
              </td>
              <td className="r">{r.nodeId === null ? "" : <Money value={r.now} />}</td>
              <td className="r num">{moveText(r.move)}</td>
              <td className="r">{r.nodeId === null ? "" : <Money value={r.after} />}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td colSpan={4}>
              {p.refusal ? (
                <span className="loss">Nothing would move.</span>
              ) : p.conserved ? (
                <span className="row g1">
                  <Equal className="i" aria-hidden="true" /> money conserved: what one wallet gives another one gets
                </span>
              ) : (
                <span className="loss">These postings do not sum to zero.</span>
              )}
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
