"use client";
import Link from "next/link";
import { formatPercent } from "@/components/format/decimal-text";
import type { BacktestRow } from "@/server/api/contract/backtests";
import { BacktestActions } from "./backtest-actions";
import { ENGINE_WORDS, KIND_WORDS, periodWords } from "./words";

const UNITS: Readonly<Record<BacktestRow["kind"], string>> = { single: "bars", sweep: "bars", "walk-forward": "windows" };

/** A backtest at work or waiting: how far it is, and the way to stop it. */
export function RunningBacktest({ row }: { row: BacktestRow }) {
  const share = row.total > 0 ? row.done / row.total : 0;
  return (
    <section className="card" aria-label={`${row.name} is ${row.status}`}>
      <div className="card-b stack g3">
        <div className="row wrap between">
          <span>
            <Link href={`/backtests/${row.backtestId}`} className="med">
              {row.name}
            </Link>
            <span className="nm2">
              {KIND_WORDS[row.kind]} of {row.trials} {row.trials === 1 ? "configuration" : "configurations"},{" "}
              {ENGINE_WORDS[row.engine].label.toLowerCase()}, {row.symbols.join(" ")}, {row.interval}, {periodWords(row.from, row.to)}
            </span>
          </span>
          <span className={`st ${row.status === "running" ? "cool" : "off"}`}>{row.status === "running" ? "Running" : "Waiting for its turn"}</span>
        </div>
        <div className="row between fs12">
          <span className="num med">{formatPercent(share.toFixed(6), 1)}</span>
          <span className="t3">
            {row.total > 0 ? `${row.done.toLocaleString("en")} of ${row.total.toLocaleString("en")} ${UNITS[row.kind]}` : "loading prices"}
          </span>
        </div>
        <div
          className="bar"
          role="progressbar"
          aria-label={`Progress of ${row.name}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <i className="acc" style={{ width: `${share * 100}%`, background: "var(--accent)" }} />
        </div>
        <BacktestActions row={row} />
      </div>
    </section>
  );
}
