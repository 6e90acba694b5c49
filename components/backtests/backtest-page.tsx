"use client";
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { BacktestView } from "@/server/api/contract/backtests";
import { BacktestActions } from "./backtest-actions";
import { ExportButtons } from "./export-buttons";
import { LimitsAbove } from "./limits-above";
import { RunningBacktest } from "./running-backtest";
import { SweepView } from "./sweep-view";
import { TearSheet } from "./tear-sheet";
import { titleOf } from "./title";
import { WalkForwardView } from "./walk-forward-view";
import { ENGINE_WORDS, KIND_WORDS, periodWords, RULE_WORDS, STATUS_CLASS } from "./words";

const REFRESH_MS = 5_000;

/** Did it make money, and can it be luck? While it runs: how far it is. */
export function BacktestPage({ backtestId }: { backtestId: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.backtests.get.queryOptions(
      { backtestId },
      { refetchInterval: ({ state }) => (["queued", "running"].includes(state.data?.row.status ?? "") ? REFRESH_MS : false) },
    ),
  );
  if (!query.data)
    return (
      <>
        <div className="page-h">
          <h1>Backtest</h1>
        </div>
        {query.error ? (
          <ErrorNote error={query.error} what="The backtest could not be loaded" onRetry={() => void query.refetch()} />
        ) : (
          <Loading rows={8} label="Loading the backtest" />
        )}
      </>
    );
  const view = query.data;
  const { row } = view;
  const working = row.status === "queued" || row.status === "running";
  return (
    <>
      <Head view={view} />
      {working && <RunningBacktest row={row} />}
      {row.status === "failed" && (
        <div className="note loss" role="alert">
          <span>
            <b className="med">The backtest could not be run.</b> {sentence(row.reason)} Nothing else is touched; change what it names, or try again.
          </span>
        </div>
      )}
      {row.status === "cancelled" && (
        <div className="note" role="status">
          It was stopped. What it had finished is kept: it can go on from there.
        </div>
      )}
      {row.status === "done" && view.result === null && (
        <div className="note loss" role="alert">
          The result of this backtest is no longer stored. Its settings are: run it again.
        </div>
      )}
      {view.result?.kind === "single" && <TearSheet result={view.result.result} row={row} />}
      {view.result?.kind === "sweep" && <SweepView result={view.result.result} job={view.job} row={row} overfitting={view.overfitting} />}
      {view.result?.kind === "walk-forward" && <WalkForwardView result={view.result.result} />}
      <LimitsCard view={view} />
      <Record view={view} />
    </>
  );
}

const sentence = (reason: string | null): string => {
  const text = reason ?? "It gave no reason.";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
};

function Head({ view }: { view: BacktestView }) {
  const { row, result } = view;
  const source = result?.result.source ?? null;
  return (
    <div className="page-h">
      <div>
        <p className="crumb">
          <Link href="/backtests">Backtests</Link> › {row.name}
        </p>
        <h1>{titleOf(view)}</h1>
        <p className="scope">
          <span className="bdg m-paper">PAPER</span>
          {source && <span className={`bdg ${source.kind === "simulated" ? "m-sim" : ""}`}>{source.label}</span>}
          <span>
            {KIND_WORDS[row.kind]}, {row.ruleSets.map((s) => RULE_WORDS[s] ?? s).join(" and ")} on {row.symbols.join(", ")}, {row.interval}
          </span>
          <span>{periodWords(row.from, row.to)}</span>
        </p>
      </div>
      <div className="row wrap">
        {row.status === "done" && <ExportButtons backtestId={row.backtestId} kind={row.kind} />}
        <Link className="btn" href={`/backtests/new?from=${row.backtestId}`}>
          <Copy className="i" aria-hidden="true" />
          Change and run again
        </Link>
      </div>
    </div>
  );
}

/** What bound the agents beside their own limits: a result under tighter limits is another result. */
function LimitsCard({ view: { job } }: { view: BacktestView }) {
  const base = job.kind === "single" ? job.spec : job.spec.base;
  const currency = base.agents[0]?.symbols[0]?.split("/")[1] ?? "";
  return (
    <section className="card" aria-label="Limits">
      <div className="card-h">
        <h2>Limits</h2>
        <span className="sub">
          {base.limitsAbove ? "above the agents, as they were when this was asked for; each agent as if it were alone" : "the agents' own alone"}
        </span>
      </div>
      {base.limitsAbove && (
        <div className="card-b">
          <LimitsAbove limits={base.limitsAbove} currency={currency} />
        </div>
      )}
    </section>
  );
}

function Record({ view: { row, resultHash } }: { view: BacktestView }) {
  const short = resultHash ? `${resultHash.slice(0, 4)}…${resultHash.slice(-4)}` : null;
  return (
    <section className="card" aria-label="Record">
      <div className="card-h">
        <h2>Record</h2>
        <span className="sub">the same settings and prices give the same hash, in every engine</span>
      </div>
      <div className="card-b stack g3">
        <dl className="kv">
          <dt>State</dt>
          <dd>
            <span className={`st ${STATUS_CLASS[row.status]}`}>{row.status}</span>
          </dd>
          <dt>Engine</dt>
          <dd>{ENGINE_WORDS[row.engine].label}</dd>
          <dt>Trials</dt>
          <dd>
            {row.trials} here, {row.familyTrials} with these symbols and this rule set
          </dd>
          <dt>Result</dt>
          <dd className="mono" title={resultHash ?? undefined}>
            {short ?? "—"}
          </dd>
        </dl>
        {(row.status === "done" || row.status === "failed" || row.status === "cancelled") && <BacktestActions row={row} />}
      </div>
    </section>
  );
}
