import Link from "next/link";
import { Unknown } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import type { BacktestRow } from "@/server/api/contract/backtests";
import { Drawdown, Ratio, SignedReturn } from "./figures";
import { KIND_WORDS, paramsWords, periodWords, RULE_WORDS, STATUS_CLASS } from "./words";

/** One line a backtest, each with its trials. Only finished single runs and walk-forwards can be compared: they have a curve. */
export function BacktestsTable({
  rows,
  chosen,
  onChoose,
}: {
  rows: readonly BacktestRow[];
  chosen: readonly string[];
  onChoose: (id: string) => void;
}) {
  const now = Math.max(...rows.map((r) => r.createdAt));
  return (
    <div className="tbl-w">
      <table className="tbl roomy" data-testid="backtests">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">Choose to compare</span>
            </th>
            <th scope="col">Backtest</th>
            <th scope="col">State</th>
            <th scope="col">Period</th>
            <th scope="col" className="r">
              Net, %
            </th>
            <th scope="col" className="r">
              Hold, %
            </th>
            <th scope="col" className="r">
              Drawdown, %
            </th>
            <th scope="col" className="r">
              Sharpe, a year
            </th>
            <th scope="col" className="r">
              Trades
            </th>
            <th
              scope="col"
              className="r"
              title="Configurations this one tried; in all those tried in this workspace with the same symbols and rule set"
            >
              Trials, of all
            </th>
            <th scope="col" className="r">
              Asked for
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.backtestId} className="lnk">
              <td>
                <input
                  type="checkbox"
                  aria-label={`Compare ${r.name}`}
                  checked={chosen.includes(r.backtestId)}
                  disabled={r.status !== "done" || r.kind === "sweep"}
                  onChange={() => onChoose(r.backtestId)}
                />
              </td>
              <td>
                <Link href={`/backtests/${r.backtestId}`} className="med">
                  {r.name}
                </Link>
                <span className="nm2">
                  {KIND_WORDS[r.kind]}, {r.ruleSets.map((s) => RULE_WORDS[s] ?? s).join(" and ")}, {r.symbols.join(" ")}, {r.interval}
                </span>
              </td>
              <td>
                <span className={`st ${STATUS_CLASS[r.status]}`} title={r.reason ?? undefined}>
                  {r.status}
                </span>
              </td>
              <td className="t2 nowrap">{periodWords(r.from, r.to)}</td>
              <Figures row={r} />
              <td className="r t2">
                {r.trials} <span className="t3">of {r.familyTrials}</span>
              </td>
              <td className="r t2">
                <ShortTime at={r.createdAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Figures({ row }: { row: BacktestRow }) {
  const reason = row.status === "done" ? "This kind of run has no such figure" : "Not finished";
  const s = row.summary;
  const number = (value: number | null | undefined) => (value === null || value === undefined ? { value: null, reason } : { value, reason: null });
  return (
    <>
      <td className="r">
        <SignedReturn figure={number(s?.totalReturn)} />
        {s?.best && <span className="nm2">best: {paramsWords(s.best)}</span>}
      </td>
      <td className="r">
        <SignedReturn figure={number(s?.holdReturn)} />
      </td>
      <td className="r">{s?.maxDrawdown == null ? <Unknown reason={reason} /> : <Drawdown depth={s.maxDrawdown} />}</td>
      <td className="r">
        <Ratio figure={number(s?.sharpe)} />
      </td>
      <td className="r t2">{s?.trades ?? <Unknown reason={reason} />}</td>
    </>
  );
}
