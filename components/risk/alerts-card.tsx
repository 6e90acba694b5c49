"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BellRing, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { ShortTime } from "@/components/format/short-time";
import { RightButton } from "@/components/members/right-button";
import { ErrorNote } from "@/components/ui/states";
import { Segments } from "./method-switch";

/** What people are to be told: what lasts, and on demand what is over. */
export function AlertsCard() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [state, setState] = useState<"open" | "all">("open");
  const query = useQuery(trpc.risk.alerts.queryOptions({ state }, { refetchInterval: 30_000 }));
  const acknowledge = useMutation(
    trpc.risk.acknowledge.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.risk.alerts.pathKey() }) }),
  );
  return (
    <section className="card s12" aria-labelledby="alerts-h">
      <div className="card-h wrap">
        <h2 id="alerts-h">Alerts</h2>
        <span className="sub">{query.data ? `${query.data.open} open, ${query.data.unseen} not acknowledged` : ""}</span>
        <span className="end">
          <Segments
            label="Which alerts"
            value={state}
            options={[
              ["open", "Open"],
              ["all", "All"],
            ]}
            onChange={setState}
          />
        </span>
      </div>
      {query.error && <ErrorNote error={query.error} what="The alerts could not be loaded" onRetry={() => void query.refetch()} />}
      {acknowledge.error && <ErrorNote error={acknowledge.error} what="The alert was not acknowledged" />}
      {query.data?.rows.length === 0 && (
        <p className="card-b t3">{state === "open" ? "Nothing is wrong: no alert is open." : "There has been no alert yet."}</p>
      )}
      {query.data && query.data.rows.length > 0 && (
        <ul className="list card-b">
          {query.data.rows.map((a) => (
            <li key={a.id} className="row g3 wrap alert">
              {a.severity === "critical" ? (
                <BellRing className="i loss" aria-hidden="true" />
              ) : (
                <TriangleAlert className="i warn" aria-hidden="true" />
              )}
              <span className="grow">
                <span className="med">{a.title}</span> <span className="bdg">{a.state === "open" ? a.severity : a.state}</span>
                <span className="fs12 t2" style={{ display: "block" }}>
                  {a.text} {doneText(a.figures.step)}
                </span>
              </span>
              <span className="fs12 t3">
                <ShortTime at={a.raisedAt} />
              </span>
              {a.state === "open" && (
                <RightButton
                  right="trade"
                  className="btn sm"
                  aria-label={`Acknowledge: ${a.title}`}
                  disabled={acknowledge.isPending}
                  onClick={() => acknowledge.mutate({ alertId: a.id })}
                >
                  Acknowledge
                </RightButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const DONE: Readonly<Record<string, string>> = {
  reduce: "From then on only orders that reduce.",
  halt: "Trading was halted.",
  flatten: "Trading was halted and what was held is sold.",
};
const doneText = (step: string | undefined): string => DONE[step ?? ""] ?? "Nothing was done but to tell you.";
