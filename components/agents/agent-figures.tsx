import { Money, Percent, Pnl, Return } from "@/components/format/number";
import type { AgentDetail } from "@/server/api/contract";

/** The figures of one agent, each with its unit and what it is measured against. */
export function AgentFigures({ agent: a }: { agent: AgentDetail }) {
  return (
    <section className="card strip" aria-label="Figures">
      <div>
        <p className="fig-l">Equity</p>
        <p className="fig-m">
          <Money value={a.equity} unit={a.currency} />
        </p>
        <p className="fs12 t3">
          <Money value={a.cash} /> cash, <Money value={a.held} /> on hold
        </p>
      </div>
      <div>
        <p className="fig-l">Made, net of fees</p>
        <p className="fig-m">
          <Return value={a.netReturn} />
        </p>
        <p className="fs12">
          <Pnl value={a.netPnl} />{" "}
          <span className="t3">
            on <Money value={a.capital} />
          </span>
        </p>
      </div>
      <div>
        <p className="fig-l">Held instead</p>
        <p className="fig-m">
          <Return value={a.holdReturn} />
        </p>
        <p className="fs12 t3">same money, same fees</p>
      </div>
      <div>
        <p className="fig-l">Deepest fall</p>
        <p className="fig-m">
          <Percent value={a.maxDrawdown} />
        </p>
        <p className="fs12 t3">from a peak</p>
      </div>
      <div>
        <p className="fig-l">Today, net of fees</p>
        <p className="fig-m">
          <Pnl value={a.todayPnl} unit={a.currency} />
        </p>
        <p className="fs12 t3">
          fees so far <Money value={a.feesPaid} />
        </p>
      </div>
      <div>
        <p className="fig-l">Model cost today</p>
        <p className="fig-m">
          <Money value={a.modelBudget.settled} decimals={4} unit="USD" />
        </p>
        <p className="fs12 t3">
          of <Money value={a.modelBudget.cap} /> USD
        </p>
      </div>
    </section>
  );
}
