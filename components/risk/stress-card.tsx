"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { Pnl } from "@/components/format/number";
import { utcDate } from "@/components/format/time-text";
import { RightButton } from "@/components/members/right-button";
import { useRefusal } from "@/components/members/rights";
import { ScrollRegion } from "@/components/ui/scroll-region";
import { ErrorNote } from "@/components/ui/states";
import type { PortfolioRiskView } from "@/server/api/contract/risk";
import { AddShock } from "./add-shock";
import { shareText } from "./risk-words";

/** What today's positions would lose: in the scenarios people named, and in the worst stretches of the past. */
export function StressCard({ risk: r, venue }: { risk: PortfolioRiskView; venue: string }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const remove = useMutation(
    trpc.risk.removeShock.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.risk.portfolio.pathKey() }) }),
  );
  const trades = useRefusal("trade") === null;
  const symbols = r.held.map((h) => h.symbol);
  const most = Math.max(...r.stress.map((s) => (s.ok ? Math.abs(s.value.share ?? 0) : 0)), Number.MIN_VALUE);
  return (
    <section className="card s8" aria-labelledby="stress-h">
      <div className="card-h">
        <h2 id="stress-h">Stress: what would today&apos;s positions lose?</h2>
      </div>
      {remove.error && <ErrorNote error={remove.error} what="The scenario was not removed" />}
      <ScrollRegion label="Scenarios">
        <table className="tbl roomy">
          <thead>
            <tr>
              <th scope="col">Scenario</th>
              {symbols.map((s) => (
                <th key={s} scope="col" className="r">
                  {s.split("/")[0]}
                </th>
              ))}
              <th scope="col" className="r">
                Total, {r.currency}
              </th>
              <th scope="col" className="r">
                Of equity
              </th>
              <th scope="col">
                <span className="sr">Beside the worst</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {r.stress.map((s) => {
              const id = s.ok ? s.value.id : (s.id ?? s.message);
              const name = s.name ?? (s.ok ? s.value.name : "Worst past stretches");
              const own = s.id !== null && !s.id.startsWith("std:");
              return (
                <tr key={id}>
                  <td style={{ minWidth: 180 }}>
                    <span className="med">{name}</span>
                    {s.ok && s.value.from !== null && s.value.to !== null && (
                      <span className="fs12 t3" style={{ display: "block" }}>
                        {utcDate(s.value.from)} to {utcDate(s.value.to)}
                        {r.market.kind === "simulated" ? ", simulated" : ""}
                      </span>
                    )}
                  </td>
                  {s.ok ? (
                    <>
                      {symbols.map((symbol) => (
                        <td key={symbol} className="r t2">
                          <Pnl value={s.value.positions.find((p) => p.symbol === symbol)?.pnl ?? "0"} />
                        </td>
                      ))}
                      <td className="r">
                        <Pnl value={s.value.total} />
                      </td>
                      <td className="r t2">{s.value.share === null ? "—" : shareText(s.value.share)}</td>
                    </>
                  ) : (
                    <td colSpan={symbols.length + 2} className="t2 fs12">
                      {s.message}
                    </td>
                  )}
                  <td className="r" style={{ minWidth: 96 }}>
                    {own && s.id !== null ? (
                      <RightButton
                        right="trade"
                        className="btn gho sm"
                        aria-label={`Remove the scenario ${name}`}
                        onClick={() => s.id && remove.mutate({ shockId: s.id })}
                      >
                        Remove
                      </RightButton>
                    ) : (
                      s.ok && (
                        <span className="cvar" aria-hidden="true">
                          <i
                            className={(s.value.share ?? 0) < 0 ? "loss-bar" : "gain-bar"}
                            style={{ width: `${(Math.abs(s.value.share ?? 0) / most) * 100}%` }}
                          />
                        </span>
                      )
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
      {trades && <AddShock venue={venue} confidence={r.confidence} />}
    </section>
  );
}
