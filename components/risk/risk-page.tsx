"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { ShortTime } from "@/components/format/short-time";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { PortfolioRiskView } from "@/server/api/contract/risk";
import { AlertsCard } from "./alerts-card";
import { BreakerDecisionsCard } from "./breaker-decisions-card";
import { BreakersCard } from "./breakers-card";
import { ComponentBars } from "./component-bars";
import { CorrelationCard } from "./correlation-card";
import { LimitsCard } from "./limits-card";
import { MethodSwitch, Segments } from "./method-switch";
import { RiskFigures } from "./risk-figures";
import type { Method } from "./risk-words";
import { StressCard } from "./stress-card";
import { VetoCard } from "./veto-card";

const CONFIDENCE = [
  ["0.9", "90 %"],
  ["0.95", "95 %"],
  ["0.975", "97.5 %"],
  ["0.99", "99 %"],
] as const;
const HORIZON = [
  ["1h", "1 hour"],
  ["4h", "4 hours"],
  ["1d", "1 day"],
] as const;

/** How much can I lose, and who stops it? */
export function RiskPage() {
  const trpc = useTRPC();
  const [agentId, setAgentId] = useState<string | null>(null);
  const [confidence, setConfidence] = useState<(typeof CONFIDENCE)[number][0]>("0.95");
  const [horizon, setHorizon] = useState<(typeof HORIZON)[number][0]>("1h");
  const [method, setMethod] = useState<Method>("historical");
  const agents = useQuery(trpc.agents.list.queryOptions());
  const query = useQuery(
    trpc.risk.portfolio.queryOptions(
      { ...(agentId === null ? {} : { agentId }), confidence: Number(confidence) as 0.95, horizon },
      { refetchInterval: 30_000, placeholderData: keepPreviousData },
    ),
  );
  const r = query.data;
  const choices = (agents.data ?? []).filter((a) => a.status !== "archived");
  return (
    <>
      <div className="page-h wrap">
        <div>
          <h1>Risk</h1>
          <div className="scope">
            <span className="bdg m-paper">PAPER</span>
            {r && <span className={`bdg ${r.market.kind === "exchange" ? "" : "m-sim"}`}>{r.market.label}</span>}
            {r && <span>{r.held.length === 1 ? "one position" : `${r.held.length} positions`}</span>}
            {r && (
              <>
                <span className="dot" />
                <span>
                  market time <ShortTime at={r.at} now={r.at} seconds /> UTC
                </span>
              </>
            )}
          </div>
        </div>
        <div className="row wrap g2">
          <label className="row g2 fs12 t2">
            <span>Of</span>
            <select className="inp" aria-label="Whose risk" value={agentId ?? ""} onChange={(e) => setAgentId(e.target.value || null)}>
              <option value="">the whole workspace</option>
              {choices.map((a) => (
                <option key={a.id} value={a.id}>
                  {a.name}
                </option>
              ))}
            </select>
          </label>
          <Segments label="Confidence" value={confidence} options={CONFIDENCE} onChange={setConfidence} />
          <Segments label="Horizon" value={horizon} options={HORIZON} onChange={setHorizon} />
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} what="The risk could not be computed" onRetry={() => void query.refetch()} />}
      {!r && !query.error && (
        <div className="card">
          <Loading rows={8} label="Computing the risk" />
        </div>
      )}
      <div className="grid">
        {r && r.held.length === 0 && (
          <section className="card s12" aria-label="No positions">
            <Empty title="Nothing is held, so nothing is at risk">
              Value at risk, correlations and stress are computed as soon as {agentId === null ? "an agent" : "this agent"} holds a position. Limits,
              breakers and alerts stand below.
            </Empty>
          </section>
        )}
        {r && r.held.length > 0 && <PortfolioSections risk={r} method={method} setMethod={setMethod} />}
        <AlertsCard />
        <LimitsCard agentId={agentId} />
        {r && r.held.length > 0 && <CorrelationCard risk={r} />}
        <BreakersCard agentId={agentId} />
        <BreakerDecisionsCard />
        <VetoCard agentId={agentId} />
      </div>
    </>
  );
}

function PortfolioSections({ risk, method, setMethod }: { risk: PortfolioRiskView; method: Method; setMethod: (method: Method) => void }) {
  return (
    <>
      <div className="s12 stack g3">
        <div>
          <MethodSwitch value={method} onChange={setMethod} />
        </div>
        <RiskFigures risk={risk} method={method} />
      </div>
      <StressCard risk={risk} venue={risk.venue} />
      <ComponentBars risk={risk} method={method} />
    </>
  );
}
