import type { DecisionRow } from "@/server/api/contract";

export type Folded = { readonly kind: "row" | "fold"; readonly id: string; readonly rows: readonly DecisionRow[] };
/** So many holds in a row are one line. */
const FOLD_FROM = 4;

const isQuiet = (row: DecisionRow): boolean => row.action === "hold" && row.outcome === "no-order" && row.phase !== "failed";

/** Decisions with runs of quiet holds folded; the newest decision always stands alone. */
export function foldHolds(rows: readonly DecisionRow[]): Folded[] {
  const out: Folded[] = [];
  let run: DecisionRow[] = [];
  const flush = () => {
    if (run.length >= FOLD_FROM) out.push({ kind: "fold", id: `fold-${run[0]?.turnId}`, rows: run });
    else for (const row of run) out.push({ kind: "row", id: row.turnId, rows: [row] });
    run = [];
  };
  rows.forEach((row, i) => {
    if (i > 0 && isQuiet(row)) {
      run.push(row);
      return;
    }
    flush();
    out.push({ kind: "row", id: row.turnId, rows: [row] });
  });
  flush();
  return out;
}
