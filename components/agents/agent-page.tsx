"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { EquityChart } from "@/components/charts/equity-chart";
import { EvidencePanel } from "@/components/evidence/evidence-panel";
import { ShortTime } from "@/components/format/short-time";
import { GoalsStrip } from "@/components/goals/goals-strip";
import { ErrorNote, Loading } from "@/components/ui/states";
import { AgentActions } from "./agent-actions";
import { AgentCandles } from "./agent-candles";
import { AgentFigures } from "./agent-figures";
import { AgentSide } from "./agent-side";
import { DecisionTable } from "./decision-table";
import { EditAgent } from "./edit-agent";
import { Sigil } from "./sigil";
import { Status } from "./status";

/** What is it doing and why? */
export function AgentPage({ agentId, tab }: { agentId: string; tab: "decisions" | "evidence" | "settings" }) {
  const trpc = useTRPC();
  const agent = useQuery(trpc.agents.get.queryOptions({ agentId }, { refetchInterval: 15_000 }));
  const equity = useQuery(trpc.agents.equity.queryOptions({ agentId, points: 300 }));
  if (agent.error && isUnknown(agent.error))
    return (
      <div className="card">
        <div className="card-h">
          <h1>Nothing is here</h1>
        </div>
        <p className="card-b t2">
          This agent does not exist or is not yours.{" "}
          <Link className="link" href="/agents">
            Go to your agents
          </Link>
        </p>
      </div>
    );
  // A refresh that failed keeps what is shown: somebody may be in the middle of an edit.
  const failed = agent.error && <ErrorNote error={agent.error} what="This agent could not be refreshed" onRetry={() => void agent.refetch()} />;
  if (failed && !agent.data) return failed;
  if (!agent.data) return <Loading rows={8} label="Loading the agent" />;
  const a = agent.data;
  return (
    <>
      <div className="page-h">
        <div className="row" style={{ gap: 14 }}>
          <Sigil id={a.id} size="l" />
          <div>
            <p className="crumb">
              <Link href="/agents">Agents</Link> ›
            </p>
            <h1>{a.name}</h1>
            <p className="scope">
              <span className="bdg m-paper">PAPER</span>
              <span className={`bdg ${a.market.kind === "exchange" ? "" : "m-sim"}`}>{a.market.label}</span>
              {a.config.masked && <span className="bdg">Masked</span>}
              <Status status={a.status} />
              <span className="dot" />
              <span>{a.symbols.join(", ")}</span>
              <span className="dot" />
              <span>
                {a.deciderLabel}, {a.trigger}
              </span>
              {a.nextTickAt !== null && (
                <>
                  <span className="dot" />
                  <span>
                    next <ShortTime at={a.nextTickAt} now={a.marketNow} />
                  </span>
                </>
              )}
            </p>
          </div>
        </div>
        <AgentActions agent={a} />
      </div>
      {failed}
      {a.statusReason && <p className="note warn">{a.statusReason}</p>}
      {a.gaps.length > 0 && <Gaps gaps={a.gaps} marketNow={a.marketNow} />}
      <AgentFigures agent={a} />
      <div className="grid">
        <div className="s8 stack" style={{ gap: 16 }}>
          <AgentCandles agent={a} />
          <section className="card" aria-label="Equity against holding">
            <div className="card-h">
              <h2>Equity against holding</h2>
              <span className="sub">net of trading fees</span>
            </div>
            {equity.error && <ErrorNote error={equity.error} what="The curve could not be loaded" />}
            {equity.data && (
              <EquityChart
                points={equity.data.points}
                currency={equity.data.currency}
                name={a.name}
                simulated={equity.data.source.kind === "simulated"}
                trainingCutoff={equity.data.trainingCutoff}
              />
            )}
            {equity.data && (
              <p className="foot-note" style={{ padding: "0 16px 12px" }}>
                {equity.data.note}
              </p>
            )}
          </section>
          <GoalsStrip agentId={a.id} />
        </div>
        <AgentSide agent={a} />
        <section className="card s12" aria-label="Decisions, evidence and settings">
          <nav className="tabs" aria-label="Parts of this agent">
            <Link href={`/agents/${a.id}`} scroll={false} aria-current={tab === "decisions" ? "page" : undefined} className="tab-a">
              Decisions <span className="cnt">{a.decisions}</span>
            </Link>
            <Link href={`/agents/${a.id}?tab=evidence`} scroll={false} aria-current={tab === "evidence" ? "page" : undefined} className="tab-a">
              Evidence
            </Link>
            <Link href={`/agents/${a.id}?tab=settings`} scroll={false} aria-current={tab === "settings" ? "page" : undefined} className="tab-a">
              Settings
            </Link>
          </nav>
          {tab === "settings" && <EditAgent agent={a} />}
          {tab === "evidence" && <EvidencePanel agentId={a.id} />}
          {tab === "decisions" && <DecisionTable agentId={a.id} marketNow={a.marketNow} />}
        </section>
      </div>
    </>
  );
}

/** Not there, another tenant's, or no id at all: the same answer for each. */
function isUnknown(error: unknown): boolean {
  const { status, field } = apiError(error);
  return status === 404 || field === "agentId";
}

function Gaps({ gaps, marketNow }: { gaps: readonly { from: number; to: number; count: number }[]; marketNow: number }) {
  const last = gaps[0];
  if (!last) return null;
  return (
    <p className="note warn">
      <span>
        {last.count} ticks between <ShortTime at={last.from} now={marketNow} /> and <ShortTime at={last.to} now={marketNow} /> UTC were missed while
        the product was off. They are not made up for.
        {gaps.length > 1 && ` ${gaps.length - 1} earlier outages.`}
      </span>
    </p>
  );
}
