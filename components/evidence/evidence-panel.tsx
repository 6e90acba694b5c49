"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { utcDate, utcDateTime } from "@/components/format/time-text";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { EvidenceView } from "@/server/api/contract";
import { EvidenceFigures } from "./evidence-figures";
import { EvidenceMark } from "./evidence-mark";
import { headline, ratio, sampleText } from "./evidence-text";
import { GateCard } from "./gate-card";
import { GrowthChart } from "./growth-chart";

/** Did it make money, and can it be luck? */
export function EvidencePanel({ agentId }: { agentId: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.evidence.get.queryOptions({ agentId }));
  if (query.error && !query.data)
    return (
      <div className="card-b">
        <ErrorNote error={query.error} what="The evidence could not be loaded" onRetry={() => void query.refetch()} />
      </div>
    );
  if (!query.data) return <Loading rows={6} label="Weighing the evidence" />;
  const e = query.data;
  return (
    <div className="evp">
      <div className="stack g4">
        <div className="stack g2">
          <div className="row wrap between">
            <h2>Can it be luck?</h2>
            <EvidenceMark words={e.words} />
          </div>
          <p className="t2" data-testid="evidence-headline">
            {headline(e)}
          </p>
        </div>
        <EvidenceFigures evidence={e} />
        {e.curve && e.band && <GrowthChart points={e.curve} name={e.agentName} level={e.band.level} />}
        <ul className="t3 fs12 notes">
          <li>{sampleText(e)}</li>
          <li>
            Prices: {e.market.label}
            {e.market.kind === "simulated" ? " (simulated: it proves nothing about real markets)" : ""}.
          </li>
          {e.trainingCutoff !== null && <li>The model was trained on texts up to {utcDate(e.trainingCutoff - 1)}.</li>}
          {e.masked && <li>Masked run: symbols, dates and prices are hidden from the model.</li>}
          {e.sample && e.sample.periodsLeft > 0 && <li>{e.sample.periodsLeft} periods without a price are left out.</li>}
          {e.score && (
            <li>
              {e.score.periods} periods of {e.sample?.period}, worth {Math.floor(e.score.effectivePeriods)} independent ones; skewness{" "}
              {ratio(e.score.skew)}, kurtosis {e.score.kurtosis.toFixed(1)}. Spread of the trials:{" "}
              {e.score.varianceFrom === "default" ? "what chance shows" : "as measured"}.
            </li>
          )}
        </ul>
      </div>
      <div className="stack g4">
        <GateCard evidence={e} />
        {e.requests.length > 0 && <Requests requests={e.requests} />}
      </div>
    </div>
  );
}

const OUTCOMES = { refused: "refused", passed: "allowed", overridden: "overridden by a person" } as const;

const Requests = ({ requests }: { requests: EvidenceView["requests"] }) => (
  <section className="stack g2" aria-label="Requests so far">
    <h3>Asked before</h3>
    <ul className="list">
      {requests.slice(0, 8).map((r) => (
        <li key={r.id}>
          <span className="grow">
            Version {r.configVersion}: {OUTCOMES[r.outcome]}
          </span>
          <span className="t3 num">{utcDateTime(r.at)}</span>
        </li>
      ))}
    </ul>
  </section>
);
