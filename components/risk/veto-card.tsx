"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { ruleName } from "@/components/decisions/rule-words";
import { Money, Plain, Pnl } from "@/components/format/number";
import { ShortTime } from "@/components/format/short-time";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { VetoesView } from "@/server/api/contract/risk";
import { Segments } from "./method-switch";
import { VETO_NOTES } from "./risk-words";

/** What each rule saved or cost by the settled market, and the decisions it was about. */
export function VetoCard({ agentId }: { agentId: string | null }) {
  const trpc = useTRPC();
  const [days, setDays] = useState<"7" | "30" | "365">("30");
  const query = useQuery(trpc.risk.vetoes.queryOptions({ days: Number(days), ...(agentId === null ? {} : { agentId }) }));
  return (
    <section className="card s12" aria-labelledby="veto-h">
      <div className="card-h wrap">
        <h2 id="veto-h">Veto ledger</h2>
        <span className="sub">what each rule saved or cost, settled like any decision</span>
        <span className="end">
          <Segments
            label="Period"
            value={days}
            options={[
              ["7", "7 d"],
              ["30", "30 d"],
              ["365", "1 y"],
            ]}
            onChange={setDays}
          />
        </span>
      </div>
      {query.error && <ErrorNote error={query.error} what="The veto ledger could not be loaded" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading rows={4} label="Loading the veto ledger" />}
      {query.data && query.data.rules.length === 0 && (
        <Empty title="No rule has denied or reduced anything">
          As soon as one does, its decision is settled here: what it kept you from, and what it kept you from making.
        </Empty>
      )}
      {query.data && query.data.rules.length > 0 && (
        <>
          <Rules view={query.data} />
          <Newest view={query.data} />
          <p className="card-line fs12 t3" style={{ padding: "10px 16px" }}>
            The vetoed part, where it could have been paid for or was held, as if filled at the paper venue&apos;s next open, half a spread worse,
            with its fee; marked at the settlement price. A rule that costs money is not a bad rule: it is the price of sleeping.
          </p>
        </>
      )}
    </section>
  );
}

function Rules({ view }: { view: VetoesView }) {
  const most = Math.max(...view.rules.flatMap((r) => [Number(r.saved), Number(r.cost)]), Number.MIN_VALUE);
  return (
    <ScrollRegion label="Vetoes by rule">
      <table className="tbl">
        <TableHead
          columns={[
            "Rule",
            ["Denied", "r"],
            ["Reduced", "r"],
            ["Losses avoided", "r"],
            ["Gains missed", "r"],
            ["Beside the others", "hide-s"],
            [`Net, ${view.currency}`, "r"],
          ]}
        />
        <tbody>
          {view.rules.map((r) => (
            <tr key={r.rule}>
              <td>{ruleName(r.rule)}</td>
              <td className="r t2">{r.denied}</td>
              <td className="r t2">{r.reduced}</td>
              <td className="r t2">
                <Money value={r.saved} />
              </td>
              <td className="r t2">
                <Money value={r.cost} />
              </td>
              <td className="hide-s" style={{ width: 190 }}>
                <span className="vbar" aria-hidden="true">
                  <span>
                    <i className="loss-bar" style={{ width: `${(Number(r.cost) / most) * 100}%` }} />
                  </span>
                  <span>
                    <i className="gain-bar" style={{ width: `${(Number(r.saved) / most) * 100}%` }} />
                  </span>
                </span>
              </td>
              <td className="r">
                <Pnl value={r.net} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>All rules</td>
            <td className="r">{view.total.denied}</td>
            <td className="r">{view.total.reduced}</td>
            <td className="r">
              <Money value={view.total.saved} />
            </td>
            <td className="r">
              <Money value={view.total.cost} />
            </td>
            <td className="hide-s" />
            <td className="r">
              <Pnl value={view.total.net} />
            </td>
          </tr>
        </tfoot>
      </table>
    </ScrollRegion>
  );
}

function Newest({ view }: { view: VetoesView }) {
  return (
    <ScrollRegion label="Newest vetoes" className="tbl-w card-line">
      <table className="tbl compact">
        <caption className="sr">Newest vetoes</caption>
        <TableHead columns={["Decision", "Rule", ["Vetoed", "r"], ["Entry", "r"], ["Settled at", "r"], [`Saved, ${view.currency}`, "r"]]} />
        <tbody>
          {view.rows.map((r) => (
            <tr key={`${r.turnId} ${r.symbol} ${r.rule}`}>
              <td>
                <Link href={`/decisions/${r.turnId}`} className="link">
                  {r.agent}, {r.side} {r.symbol}, <ShortTime at={r.at} />
                </Link>
              </td>
              <td>
                {r.outcome === "deny" ? "Denied" : "Reduced"}: {ruleName(r.rule)}
              </td>
              <td className="r">
                <Plain value={r.vetoedQuantity} />
              </td>
              {r.note === null ? (
                <>
                  <td className="r">
                    <Plain value={r.entryPrice} />
                  </td>
                  <td className="r">
                    <Plain value={r.settlePrice} />
                  </td>
                  <td className="r">
                    <Pnl value={r.saved} />
                  </td>
                </>
              ) : (
                <td colSpan={3} className="r t3">
                  {VETO_NOTES[r.note] ?? r.note}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
