"use client";
import { useQueries } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/api/trpc";
import { CurvesChart } from "@/components/charts/curves-chart";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { BacktestView } from "@/server/api/contract/backtests";
import { type Compared, comparedOf, differenceWords, overlaid } from "./compared";
import { Drawdown, Ratio, SignedReturn } from "./figures";
import { periodWords } from "./words";

const COLORS = ["var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)"];

/** Two to four results side by side, their curves as percent over the time they share. */
export function ComparePage({ ids }: { ids: readonly string[] }) {
  const trpc = useTRPC();
  const queries = useQueries({ queries: ids.map((backtestId) => trpc.backtests.get.queryOptions({ backtestId })) });
  const error = queries.find((q) => q.error)?.error;
  const views = queries.flatMap((q) => (q.data ? [q.data as BacktestView] : []));
  const found = views.flatMap((v) => comparedOf(v) ?? []);
  return (
    <>
      <div className="page-h">
        <div>
          <p className="crumb">
            <Link href="/backtests">Backtests</Link> ›
          </p>
          <h1>Compare backtests</h1>
          <p className="scope">
            <span className="bdg m-paper">PAPER</span>
            <span>returns in percent, net of each one's own fees and slippage</span>
          </p>
        </div>
      </div>
      {error && <ErrorNote error={error} what="Not all backtests could be loaded" />}
      {!error && views.length < ids.length && <Loading rows={6} label="Loading the backtests" />}
      {ids.length < 2 && (
        <Empty title="Choose at least two">
          <Link href="/backtests" className="link">
            Tick two to four finished backtests in the list.
          </Link>
        </Empty>
      )}
      {found.length >= 2 && views.length === ids.length && <Comparison found={found} />}
    </>
  );
}

function Comparison({ found }: { found: readonly Compared[] }) {
  const shared = overlaid(found);
  return (
    <>
      <section className="card" aria-label="Curves">
        <div className="card-h">
          <h2>Returns over the time they share</h2>
          <span className="sub">{shared ? periodWords(shared.from, shared.to) : ""}</span>
        </div>
        {shared ? (
          <>
            <CurvesChart
              times={shared.times}
              currency={null}
              simulated={found.some((f) => f.simulated)}
              curves={[
                ...found.map((f, i) => ({
                  name: f.name,
                  color: COLORS[i] as string,
                  kind: "own" as const,
                  values: shared.curves[i] as readonly number[],
                })),
                { name: `${found[0]?.name} held`, color: "var(--chart-bench)", kind: "bench" as const, values: shared.hold },
              ]}
            />
            <p style={{ padding: "0 16px 14px" }}>{differenceWords(found, shared)}</p>
          </>
        ) : (
          <Empty title="They share no time">There is nothing to lay over each other; the table still holds.</Empty>
        )}
      </section>
      <section className="card" aria-label="Side by side">
        <div className="card-h">
          <h2>Side by side</h2>
          <span className="sub">each over its own whole time</span>
        </div>
        <div className="tbl-w">
          <table className="tbl" data-testid="compared">
            <thead>
              <tr>
                <th scope="col">Figure</th>
                {found.map((f, i) => (
                  <th scope="col" className="r" key={f.id}>
                    <Link href={`/backtests/${f.id}`} style={{ borderBottom: `2px solid ${COLORS[i]}` }}>
                      {f.name}
                    </Link>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ROWS.map(([label, show]) => (
                <tr key={label}>
                  <th scope="row" style={{ position: "static" }}>
                    {label}
                  </th>
                  {found.map((f) => (
                    <td className="r" key={f.id}>
                      {show(f)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}

const ROWS: readonly (readonly [string, (f: Compared) => React.ReactNode])[] = [
  ["Period", (f) => periodWords(f.from, f.to)],
  ["Net return", (f) => <SignedReturn key="r" figure={f.performance.totalReturn} />],
  ["Held instead", (f) => <SignedReturn key="h" figure={f.hold.totalReturn} />],
  ["Return a year", (f) => <SignedReturn key="y" figure={f.performance.annualReturn} />],
  ["Deepest drawdown", (f) => <Drawdown key="d" depth={f.performance.drawdown.depth} />],
  ["Sharpe, a year", (f) => <Ratio key="s" figure={f.performance.sharpe} />],
  ["Sortino", (f) => <Ratio key="o" figure={f.performance.sortino} />],
  ["Calmar", (f) => <Ratio key="c" figure={f.performance.calmar} />],
  ["Trades", (f) => f.trades],
  ["Trials so far", (f) => f.trials],
];
