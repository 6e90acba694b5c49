"use client";
import { useState } from "react";
import { Segments } from "@/components/risk/method-switch";
import type { GoalNodeView } from "@/server/api/contract/goals";
import { ConfirmGoals } from "./confirm-goals";
import { GoalForm } from "./goal-form";
import { GoalSentence, type ReadGoals } from "./goal-sentence";

type Pending = ReadGoals & { readonly sentence: string | null };

/** A goal by sentence or by form; either way it is shown and confirmed before anything is written. */
export function NewGoal({ nodes, now }: { nodes: readonly GoalNodeView[]; now: number }) {
  const [way, setWay] = useState<"sentence" | "form">("sentence");
  const [pending, setPending] = useState<Pending | null>(null);
  // A goal that was made, or given up, leaves an empty line for the next one.
  const [round, setRound] = useState(0);
  const done = () => {
    setPending(null);
    setRound(round + 1);
  };
  return (
    <section className="card" aria-labelledby="new-goal-h">
      <div className="card-h wrap">
        <h2 id="new-goal-h">New goal</h2>
        <span className="sub">in your words or by form; nothing is written before you confirm</span>
        <span className="end">
          <Segments
            label="How the goal is entered"
            value={way}
            options={[
              ["sentence", "Sentence"],
              ["form", "Form"],
            ]}
            onChange={(next) => {
              setWay(next);
              setPending(null);
            }}
          />
        </span>
      </div>
      <div className="card-b stack g3">
        {way === "sentence" && <GoalSentence key={round} onRead={setPending} />}
        {way === "form" && !pending && (
          <GoalForm nodes={nodes} now={now} onReady={(draft) => setPending({ drafts: [draft], sentence: null, symbols: [], ignored: [] })} />
        )}
        {pending && <ConfirmGoals {...pending} nodes={nodes} onChange={(drafts) => setPending({ ...pending, drafts })} onDone={done} />}
      </div>
    </section>
  );
}
