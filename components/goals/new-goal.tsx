"use client";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Segments } from "@/components/risk/method-switch";
import { Field } from "@/components/ui/field";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { GoalDraftInput, GoalNodeView } from "@/server/api/contract/goals";
import { ConfirmGoals } from "./confirm-goals";
import { GoalForm } from "./goal-form";

type Pending = {
  readonly drafts: GoalDraftInput[];
  readonly sentence: string | null;
  readonly symbols: readonly string[];
  readonly ignored: readonly string[];
};

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
        {way === "sentence" && <Sentence key={round} onRead={setPending} />}
        {way === "form" && !pending && (
          <GoalForm nodes={nodes} now={now} onReady={(draft) => setPending({ drafts: [draft], sentence: null, symbols: [], ignored: [] })} />
        )}
        {pending && <ConfirmGoals {...pending} nodes={nodes} onChange={(drafts) => setPending({ ...pending, drafts })} onDone={done} />}
      </div>
    </section>
  );
}

/** Reads a sentence; what is open is asked, one question at a time. */
function Sentence({ onRead }: { onRead: (pending: Pending | null) => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const query = useQuery(
    trpc.goals.read.queryOptions({ sentence: asked ?? "" }, { enabled: asked !== null, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 }),
  );
  const reading = asked === null ? undefined : query.data;
  useEffect(() => {
    if (reading)
      onRead(reading.kind === "goals" ? { drafts: reading.drafts, sentence: asked, symbols: reading.symbols, ignored: reading.ignored } : null);
  }, [reading, asked, onRead]);
  const ask = (sentence: string) => {
    setText(sentence);
    setAsked(sentence);
    onRead(null);
  };
  return (
    <form
      className="stack g3"
      aria-label="Goal in your words"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (text.trim() !== "") ask(text.trim());
      }}
    >
      <Field label="What should be reached?" hint="Like: make 5 % on DOGE this month without ever losing more than 2 %, then collect the profit.">
        <input type="text" value={text} maxLength={500} autoComplete="off" onChange={(e) => setText(e.target.value)} />
      </Field>
      <div>
        <button type="submit" className="btn pri" disabled={text.trim() === "" || query.isFetching}>
          Read it
        </button>
      </div>
      <div aria-live="polite" className="stack g3">
        {query.isFetching && <Loading rows={1} label="Reading the sentence" />}
        {query.error && asked !== null && <ErrorNote error={query.error} what="The sentence could not be read" />}
        {reading?.kind === "nothing" && <p className="note warn">{reading.message}</p>}
        {reading?.kind === "question" && (
          <fieldset className="stack g2 goal-ask">
            <legend className="med">{reading.question}</legend>
            <div className="row wrap g2">
              {reading.choices.map((c) => (
                <button key={c.sentence} type="button" className="btn" onClick={() => ask(c.sentence)}>
                  {c.label}
                </button>
              ))}
            </div>
            {reading.choices.length === 0 && <p className="fs12 t3">Say it in other words.</p>}
          </fieldset>
        )}
        {reading && reading.kind !== "nothing" && reading.ignored.length > 0 && (
          <p className="fs12 t2">Not understood, and left out: {reading.ignored.map((w) => `“${w}”`).join(", ")}.</p>
        )}
      </div>
    </form>
  );
}
