"use client";
import { useQuery } from "@tanstack/react-query";
import { Bot } from "lucide-react";
import Link from "next/link";
import { Action } from "@/components/agents/action";
import { AgentTable } from "@/components/agents/agent-table";
import { useTRPC } from "@/components/api/trpc";
import { EquityChart } from "@/components/charts/equity-chart";
import { Money, Pnl, Return } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import { GoalsStrip } from "@/components/goals/goals-strip";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { OverviewView } from "@/server/api/contract";

/** Am I up, against what, and is anything wrong? */
export function Overview() {
  const trpc = useTRPC();
  const query = useQuery(trpc.overview.get.queryOptions(undefined, { refetchInterval: 30_000 }));
  const failed = query.error && <ErrorNote error={query.error} what="The overview could not be refreshed" onRetry={() => void query.refetch()} />;
  if (failed && !query.data) return failed;
  if (!query.data) return <Loading rows={8} label="Loading the overview" />;
  const o = query.data;
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Overview</h1>
          <p className="scope">
            <span className="bdg m-paper">PAPER</span>
            <span className={`bdg ${o.market.kind === "exchange" ? "" : "m-sim"}`}>{o.market.label}</span>
            <span>
              market time <ShortTime at={o.marketNow} now={o.marketNow} /> UTC
            </span>
          </p>
        </div>
        <Link href="/agents/new" className="btn pri">
          New agent
        </Link>
      </div>
      {failed}
      {o.import && (
        <div className="note info" role="status">
          <span>
            The demo's last two weeks are being run: {o.import.done} of {o.import.total} decisions are stored. Figures grow as they arrive.
          </span>
        </div>
      )}
      {o.tradingState === "halted" && (
        <div className="note loss" role="status">
          Trading is halted: no agent sends an order. {o.tradingReason}
        </div>
      )}
      <Figures o={o} />
      <div className="grid">
        <section className="card s8" aria-label="Equity against holding">
          <div className="card-h">
            <h2>Equity against holding</h2>
            <span className="sub">all agents, net of fees</span>
          </div>
          <EquityChart points={o.points} currency={o.currency} name="Agents" simulated={o.market.kind === "simulated"} />
        </section>
        <section className="card s4" aria-label="Latest decisions">
          <div className="card-h">
            <h2>Latest decisions</h2>
          </div>
          {o.feed.length === 0 ? (
            <Empty title="No decisions yet" />
          ) : (
            <ul className="feed" data-testid="feed">
              {o.feed.slice(0, 5).map((d) => (
                <li key={d.turnId}>
                  <ShortTime at={d.at} now={o.marketNow} />
                  <Bot className="i t3" aria-hidden="true" style={{ marginTop: 2 }} />
                  <p>
                    <Link href={`/decisions/${d.turnId}`} className="med">
                      {d.agentName}
                    </Link>{" "}
                    <Action action={d.action} /> <span className="t2 clamp-2">{d.summary ?? d.reason ?? ""}</span>
                  </p>
                </li>
              ))}
            </ul>
          )}
        </section>
        <GoalsStrip className="card s12" />
        <section className="card s12" aria-label="Agents">
          <div className="card-h">
            <h2>Agents</h2>
            <span className="sub">{o.agents.length}</span>
          </div>
          <AgentTable agents={o.agents} marketNow={o.marketNow} />
        </section>
      </div>
    </>
  );
}

function Figures({ o }: { o: OverviewView }) {
  return (
    <section className="card strip" aria-label="Figures">
      <div>
        <p className="fig-l">Equity</p>
        <p className="fig-m">
          <Money value={o.equity} unit={o.currency} />
        </p>
        <p className="fs12 t3">
          <Money value={o.capital} /> was given
        </p>
      </div>
      <div>
        <p className="fig-l">Made, net of fees</p>
        <p className="fig-m">
          <Pnl value={o.netPnl} unit={o.currency} />
        </p>
        <p className="fs12">
          <Return value={o.netReturn} />
        </p>
      </div>
      <div>
        <p className="fig-l">Holding instead</p>
        <p className="fig-m">
          <Return value={o.holdReturn} />
        </p>
        <p className="fs12 t3">same money, same fees</p>
      </div>
      <div>
        <p className="fig-l">Today, net of fees</p>
        <p className="fig-m">
          <Pnl value={o.today.net} unit={o.currency} />
        </p>
        <p className="fs12 t3">
          fees <Money value={o.today.fees} />, models <Money value={o.today.model} decimals={4} unit="USD" />
        </p>
      </div>
      <div>
        <p className="fig-l">Free in the treasury</p>
        <p className="fig-m">
          <Money value={o.treasury.free} unit={o.currency} />
        </p>
        <p className="fs12 t3">
          <Money value={o.treasury.allocated} /> with agents
        </p>
      </div>
    </section>
  );
}
