"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { formatDecimal } from "@/components/format/decimal-text";
import { RightButton } from "@/components/members/right-button";
import { Field } from "@/components/ui/field";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { GoalDraftInput, ReadingView } from "@/server/api/contract/goals";

export type ReadGoals = { readonly drafts: GoalDraftInput[]; readonly symbols: readonly string[]; readonly ignored: readonly string[] };
type Props = { readonly onRead: (pending: (ReadGoals & { readonly sentence: string }) | null) => void };

/** Reads a sentence; what is open is asked, one question at a time. What the grammar does not understand a model may put plainly. */
export function GoalSentence({ onRead }: Props) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const query = useQuery(
    trpc.goals.read.queryOptions({ sentence: asked ?? "" }, { enabled: asked !== null, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 }),
  );
  const restate = useMutation(
    trpc.goals.restate.mutationOptions({
      onSuccess: ({ sentence, reading }) => {
        // The grammar reads it once more, so that what is confirmed is what stands in the field.
        if (sentence !== null && reading.kind === "goals") {
          setText(sentence);
          setAsked(sentence);
        }
      },
    }),
  );
  const read = asked === null ? undefined : query.data;
  useEffect(() => {
    if (read) onRead(read.kind === "goals" ? { drafts: read.drafts, sentence: asked ?? "", symbols: read.symbols, ignored: read.ignored } : null);
  }, [read, asked, onRead]);
  const ask = (sentence: string) => {
    setText(sentence);
    setAsked(sentence);
    restate.reset();
    onRead(null);
  };
  const answer = restate.data;
  const reading = answer && answer.reading.kind !== "goals" ? answer.reading : read;
  const unread =
    reading && (reading.kind === "nothing" || reading.ignored.length > 0 || (reading.kind === "question" && reading.choices.length === 0));
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
        {restate.isPending && <Loading rows={1} label="Asking the model" />}
        {query.error && asked !== null && <ErrorNote error={query.error} what="The sentence could not be read" />}
        {restate.error && <ErrorNote error={restate.error} what="The model did not put it plainly" />}
        {answer && (
          <p className="fs12 t2">
            {answer.sentence === null ? `${answer.model} was asked` : `${answer.model} put it as “${answer.sentence}”`} for{" "}
            <span className="num">{formatDecimal(answer.cost, 5)}</span> USD of the model budget.
          </p>
        )}
        {reading && <Answer reading={reading} onChoice={ask} />}
        {unread && !restate.isPending && asked !== null && !answer && (
          <RestateOffer onAsk={() => restate.mutate({ sentence: asked, key: crypto.randomUUID() })} />
        )}
      </div>
    </form>
  );
}

function Answer({ reading, onChoice }: { reading: ReadingView; onChoice: (sentence: string) => void }) {
  return (
    <>
      {reading.kind === "nothing" && <p className="note warn">{reading.message}</p>}
      {reading.kind === "question" && (
        <fieldset className="stack g2 goal-ask">
          <legend className="med">{reading.question}</legend>
          <div className="row wrap g2">
            {reading.choices.map((c) => (
              <button key={c.sentence} type="button" className="btn" onClick={() => onChoice(c.sentence)}>
                {c.label}
              </button>
            ))}
          </div>
          {reading.choices.length === 0 && <p className="fs12 t3">Say it in other words.</p>}
        </fieldset>
      )}
      {reading.kind !== "nothing" && reading.ignored.length > 0 && (
        <p className="fs12 t2">Not understood, and left out: {reading.ignored.map((w) => `“${w}”`).join(", ")}.</p>
      )}
    </>
  );
}

/** Offered only where the workspace has a model key. */
function RestateOffer({ onAsk }: { onAsk: () => void }) {
  const trpc = useTRPC();
  const provider = useQuery(trpc.models.get.queryOptions()).data?.providers.find((p) => p.key !== null);
  if (!provider) return null;
  return (
    <div className="row wrap g2">
      <RightButton right="trade" className="btn" onClick={onAsk}>
        Let {provider.models[0]?.label} put it plainly
      </RightButton>
      <span className="fs12 t3">
        It only rewrites your sentence; nothing is set before you confirm. Paid from the model budget, usually below 0.01 USD.
      </span>
    </div>
  );
}
