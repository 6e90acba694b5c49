import { formatFigure } from "@/components/format/decimal-text";
import { Pnl } from "@/components/format/number";
import type { DecisionDetail } from "@/server/api/contract";

/** Beside the steps: the reasoning in its own words, the result line by line, and the record's identity. */
export function DecisionAside({ view }: { view: DecisionDetail }) {
  const { decision, outcome, row, agent } = view;
  return (
    <aside className="stack g4" aria-label="In short">
      {decision?.reasoning && (
        <section className="card">
          <div className="card-h">
            <h3>In its own words</h3>
          </div>
          <p className="card-b t2" style={{ overflowWrap: "anywhere" }}>
            {decision.reasoning}
          </p>
        </section>
      )}
      <section className="card">
        <div className="card-h">
          <h3>Result and cost</h3>
        </div>
        <dl className="kv fs12 card-b">
          <dt>Trading, net of fees</dt>
          <dd>{outcome ? <Pnl value={outcome.netPnl} unit={agent.currency} /> : "not settled"}</dd>
          <dt>Model, booked apart</dt>
          <dd>{agent.deciderIsModel ? `$${formatFigure(row.modelCost, { min: 2, max: 6 })}` : "none, rules decided"}</dd>
        </dl>
      </section>
      <section className="card">
        <div className="card-h">
          <h3>Record</h3>
        </div>
        <dl className="kv fs12 card-b">
          <dt>Id</dt>
          <dd className="mono trunc" title={row.turnId}>
            …{row.turnId.slice(-12)}
          </dd>
          <dt>Build</dt>
          <dd className="mono trunc">{view.build}</dd>
          <dt>Phase</dt>
          <dd>{row.phase}</dd>
        </dl>
      </section>
    </aside>
  );
}
