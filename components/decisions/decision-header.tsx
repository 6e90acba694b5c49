import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { Time } from "@/components/format/time";
import type { DecisionDetail, MarketLabel } from "@/server/api/contract";
import { CopyLink } from "./copy-link";
import { decisionTitle } from "./decision-title";

/** The sentence, its scope (money mode, market, agent, time) and the way to the neighbours. */
export function DecisionHeader({ view }: { view: DecisionDetail }) {
  const { row, agent, market, outcome } = view;
  return (
    <>
      <nav className="crumb" aria-label="Breadcrumb">
        <Link href="/agents">Agents</Link>
        <ChevronRight className="i i-xs" aria-hidden="true" />
        <Link href={`/agents/${agent.id}`}>{agent.name}</Link>
        <ChevronRight className="i i-xs" aria-hidden="true" />
        <span>Decision</span>
      </nav>
      <div className="page-h">
        <div style={{ minWidth: 0, flex: "1 1 320px" }}>
          <h1 style={{ maxWidth: "40em", overflowWrap: "anywhere" }}>{decisionTitle(view)}</h1>
          <div className="scope">
            <span className="bdg m-paper">PAPER</span>
            <MarketBadge market={market} />
            <span>
              {agent.name}
              {row.symbol ? `, ${row.symbol}` : ""}
            </span>
            <span className="dot" />
            <Time at={row.at} />
            <span className="dot" />
            {outcome ? (
              <span>
                settled <Time at={outcome.settledAt} short />
              </span>
            ) : (
              <span>{phaseWord(row.phase)}</span>
            )}
          </div>
        </div>
        <div className="row">
          <Neighbour turnId={view.previousTurnId} label="Earlier decision" icon={<ChevronLeft className="i" aria-hidden="true" />} />
          <Neighbour turnId={view.nextTurnId} label="Later decision" icon={<ChevronRight className="i" aria-hidden="true" />} />
          <CopyLink />
        </div>
      </div>
    </>
  );
}

export function MarketBadge({ market }: { market: MarketLabel }) {
  return <span className={market.kind === "simulated" ? "bdg m-sim" : "bdg"}>{market.label}</span>;
}

function Neighbour({ turnId, label, icon }: { turnId: string | null; label: string; icon: React.ReactNode }) {
  if (turnId === null)
    return (
      <button type="button" className="btn ico" aria-label={label} disabled>
        {icon}
      </button>
    );
  return (
    <Link className="btn ico" aria-label={label} href={`/decisions/${turnId}`}>
      {icon}
    </Link>
  );
}

function phaseWord(phase: string): string {
  if (phase === "skipped" || phase === "failed") return phase;
  return phase === "executing" ? "not settled yet" : "in progress";
}
