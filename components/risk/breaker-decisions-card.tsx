"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { ShortTime } from "@/components/format/short-time";
import { ErrorNote } from "@/components/ui/states";
import type { BreakerDecisionView } from "@/server/api/contract/risk";
import { BREAKER_WORDS } from "./risk-words";

const DID: Readonly<Record<string, string>> = { reduce: "reduced", halt: "halted", flatten: "halted and sold" };

/** What breakers decided, each with its reason and a replay from what was recorded. Not shown while there is none. */
export function BreakerDecisionsCard() {
  const trpc = useTRPC();
  const query = useQuery(trpc.risk.decisions.queryOptions());
  if (query.error) return <ErrorNote error={query.error} what="What breakers decided could not be loaded" onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.length === 0) return null;
  return (
    <section className="card s12" aria-labelledby="acted-h">
      <div className="card-h">
        <h2 id="acted-h">What breakers decided</h2>
        <span className="sub">each can be decided again from what it knew</span>
      </div>
      <ul className="list card-b">
        {query.data.map((d) => (
          <li key={d.id} className="row g3 wrap alert">
            <span className="grow">
              <span className="med">
                {BREAKER_WORDS[d.kind as keyof typeof BREAKER_WORDS]?.name ?? d.kind} {DID[d.steps.at(-1) ?? ""] ?? "told of"}{" "}
                {d.agent ?? "the workspace"}
              </span>
              {d.status !== "done" && <span className="bdg warn">{d.status === "planned" ? "not carried out yet" : "withdrawn by a person"}</span>}
              <span className="fs12 t2" style={{ display: "block" }}>
                {d.reason}
                {d.error && `. Last try: ${d.error}`}
              </span>
            </span>
            <span className="fs12 t3">
              <ShortTime at={d.at} />
            </span>
            <Replay decision={d} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Replay({ decision: d }: { decision: BreakerDecisionView }) {
  const trpc = useTRPC();
  const [asked, setAsked] = useState(false);
  const query = useQuery(trpc.risk.replay.queryOptions({ decisionId: d.id }, { enabled: asked, staleTime: 0 }));
  if (!asked)
    return (
      <button
        type="button"
        className="btn sm"
        aria-label={`Replay the decision about ${d.agent ?? "the workspace"}: ${d.reason}`}
        onClick={() => setAsked(true)}
      >
        Replay
      </button>
    );
  if (query.error) return <ErrorNote error={query.error} what="It could not be replayed" />;
  if (!query.data) return <span className="fs12 t3">Replaying…</span>;
  return (
    <span className={`fs12 ${query.data.identical ? "gain" : "loss"}`} role="status">
      {query.data.identical ? "Identical" : query.data.sameBuild ? "Different" : "Different: the code changed"}
    </span>
  );
}
