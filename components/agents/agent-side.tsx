import Link from "next/link";
import { formatDecimal } from "@/components/format/decimal-text";
import { Money, Plain, Pnl } from "@/components/format/number";
import { SetLimits } from "@/components/risk/set-limits";
import { Meter } from "@/components/ui/meter";
import type { AgentDetail, LimitView } from "@/server/api/contract";

const NAMES: Readonly<Record<LimitView["name"], string>> = {
  maxPositionNotional: "Position size",
  maxOrderNotional: "Order size",
  maxDailyLoss: "Loss today",
  maxOrdersPerHour: "Orders this hour",
  maxGrossNotional: "All positions together",
  maxGrossPercent: "Share that is invested",
  maxSymbolPercent: "Share of one market",
};
const PHASES = ["claimed", "context", "decided", "intended", "executing"] as const;
const WORDS: Readonly<Record<string, string>> = {
  claimed: "Claimed the turn",
  context: "Gathered context",
  decided: "Decided",
  intended: "Checked by risk, written down",
  executing: "Orders sent and followed",
};

const reachedOf = (phase: string | undefined): number => PHASES.map(String).indexOf(phase ?? "");

/** Position, open orders, limits with headroom, and the turn in progress. */
export function AgentSide({ agent: a }: { agent: AgentDetail }) {
  const reached = reachedOf(a.currentTurn?.phase);
  return (
    <div className="s4 stack" style={{ gap: 16 }}>
      <section className="card" aria-label="Position">
        <div className="card-h">
          <h2>Position</h2>
        </div>
        <div className="card-b">
          {a.positions.length === 0 ? (
            <p className="t3">Nothing is held.</p>
          ) : (
            a.positions.map((p) => (
              <div key={p.symbol} className="stack g2" data-testid="position">
                <div className="row between">
                  <span className="fig-m">
                    <Plain value={p.quantity} unit={p.base} />
                  </span>
                  <Pnl value={p.unrealisedPnl} unit={a.currency} />
                </div>
                <dl className="kv">
                  <dt>Worth</dt>
                  <dd>
                    <Money value={p.notional} unit={a.currency} />
                  </dd>
                  <dt>Average entry</dt>
                  <dd>
                    <Plain value={p.averageEntry} most={6} />
                  </dd>
                  <dt>Last price</dt>
                  <dd>
                    <Plain value={p.mark} />
                  </dd>
                </dl>
              </div>
            ))
          )}
        </div>
      </section>
      <section className="card" aria-label="Open orders">
        <div className="card-h">
          <h2>Open orders</h2>
          <span className="sub">{a.openOrders.length}</span>
        </div>
        <div className="card-b">
          {a.openOrders.length === 0 ? (
            <p className="t3">None.</p>
          ) : (
            <ul className="list">
              {a.openOrders.map((o) => (
                <li key={o.id}>
                  <span className={`act ${o.side}`}>{o.side === "buy" ? "Buy" : "Sell"}</span>
                  <Plain value={o.quantity} /> {o.symbol}
                  <span className="t3">{o.limitPrice === null ? "at the market" : `limit ${o.limitPrice}`}</span>
                  <span className="t3">{o.status.replace("_", " ")}</span>
                  {o.turnId && (
                    <Link className="link" href={`/decisions/${o.turnId}`}>
                      why
                    </Link>
                  )}
                </li>
              ))}
            </ul>
          )}
        </div>
      </section>
      <section className="card" aria-label="Hard limits">
        <div className="card-h">
          <h2>Hard limits</h2>
          <div className="end">
            <Link className="link" href={`/agents/${a.id}?tab=settings`}>
              Edit
            </Link>
          </div>
        </div>
        <div className="card-b stack g3">
          {a.limits.map((l) => (
            <Meter
              key={`${l.level}:${l.name}`}
              label={l.level === "workspace" ? `${NAMES[l.name]}, whole workspace` : NAMES[l.name]}
              value={formatDecimal(l.value, l.unit === "orders" ? 0 : 2)}
              limit={`${formatDecimal(l.limit, l.unit === "orders" ? 0 : 2)} ${l.unit}`}
              share={Number(l.value) / Math.max(Number(l.limit), 1e-9)}
            />
          ))}
          <Meter
            label="Model spend today"
            value={formatDecimal(a.modelBudget.settled, 4)}
            limit={`${formatDecimal(a.modelBudget.cap, 2)} USD`}
            share={(Number(a.modelBudget.settled) + Number(a.modelBudget.reserved)) / Math.max(Number(a.modelBudget.cap), 1e-9)}
          />
          <SetLimits limits={a.config.limits} protections={a.config.protections ?? []} currency={a.currency} shown={a.limits.map((l) => l.name)} />
        </div>
      </section>
      {a.currentTurn && (
        <section className="card" aria-label="Deciding now">
          <div className="card-h">
            <h2>Deciding now</h2>
          </div>
          <ol className="card-b list">
            {PHASES.map((phase) => {
              const done = PHASES.indexOf(phase) <= reached;
              return (
                <li key={phase} className={done ? "" : "t3"}>
                  <span className={`chk ${done ? "on" : ""}`} aria-hidden="true">
                    {done ? "✓" : ""}
                  </span>
                  {WORDS[phase]}
                </li>
              );
            })}
          </ol>
        </section>
      )}
    </div>
  );
}
