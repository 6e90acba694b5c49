"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { GoalDraftInput, GoalNodeView } from "@/server/api/contract/goals";
import { draftKey, followsText, lastDay, percentText } from "./goal-words";
import { useGoalsChange } from "./use-goals-change";

type Props = {
  readonly drafts: GoalDraftInput[];
  readonly sentence: string | null;
  readonly symbols: readonly string[];
  readonly nodes: readonly GoalNodeView[];
  readonly onChange: (drafts: GoalDraftInput[]) => void;
  readonly onDone: () => void;
};

/** What was understood, with odds and conflicts, before it is a goal. */
export function ConfirmGoals({ drafts, sentence, symbols, nodes, onChange, onDone }: Props) {
  const trpc = useTRPC();
  const changed = useGoalsChange();
  const node = nodes.find((n) => n.id === drafts[0]?.nodeId);
  const others = node?.agentId ? node.symbols.filter((s) => !symbols.includes(s)) : [];
  const mayLimit = symbols.length > 0 && others.length > 0 && symbols.every((s) => node?.symbols.includes(s));
  const [limited, setLimited] = useState(true);
  const create = useMutation(
    trpc.goals.create.mutationOptions({
      onSuccess: () => {
        onDone();
        return changed();
      },
    }),
  );
  return (
    <section className="stack g3 goal-confirm" aria-labelledby="confirm-h">
      <h3 id="confirm-h">Is this what you mean?</h3>
      <ul className="stack g3">
        {drafts.map((draft) => (
          <DraftRow key={draftKey(draft)} draft={draft} onRemove={drafts.length > 1 ? () => onChange(drafts.filter((d) => d !== draft)) : null} />
        ))}
      </ul>
      {mayLimit && (
        <label className="row g2">
          <input type="checkbox" checked={limited} onChange={(e) => setLimited(e.target.checked)} />
          <span>
            Also limit {node?.name} to {symbols.join(", ")}; today it may trade {others.join(", ")} as well
          </span>
        </label>
      )}
      {symbols.length > 0 && !mayLimit && (
        <p className="fs12 t2">
          {node?.symbols.length && symbols.some((s) => !node.symbols.includes(s))
            ? `${node.name} does not trade ${symbols.filter((s) => !node.symbols.includes(s)).join(", ")}: the goal is measured on all it does.`
            : `${node?.name ?? "The wallet"} is measured as a whole.`}
        </p>
      )}
      {create.error && <ErrorNote error={create.error} what="No goal was made" />}
      <div className="row wrap g2">
        <button
          type="button"
          className="btn pri"
          disabled={create.isPending}
          onClick={() => create.mutate({ goals: drafts, sentence, onlyMarkets: mayLimit && limited ? [...symbols] : null })}
        >
          {create.isPending ? "Confirming…" : drafts.length === 1 ? "Confirm this goal" : `Confirm these ${drafts.length} goals`}
        </button>
        <button type="button" className="btn" onClick={onDone}>
          Start over
        </button>
      </div>
    </section>
  );
}

function DraftRow({ draft, onRemove }: { draft: GoalDraftInput; onRemove: (() => void) | null }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.goals.preview.queryOptions(draft, { retry: false }));
  const p = query.data;
  return (
    <li className="goal-draft stack g2">
      {query.error && <ErrorNote error={query.error} what="This cannot be a goal" />}
      {!p && !query.error && <Loading rows={2} label="Looking at the goal" />}
      {p && (
        <>
          <p>
            <b className="med">{p.title.charAt(0).toUpperCase() + p.title.slice(1)}</b> <span className="t2">of {p.node.name}</span>
          </p>
          <p className="fs12 t2">
            {p.odds.known ? `${percentText(p.odds.probability)}, ${p.odds.words}: ${p.odds.method}.` : p.odds.reason}{" "}
            {draft.kind === "drawdown"
              ? `Entries shrink with the room that is left and end at the ceiling.${draft.trim ? " What is invested beyond that is sold." : ""}`
              : followsText(draft.onAchieved ?? {})}
            {draft.deadline != null && ` Last day: ${lastDay(draft.deadline)} (market time).`}
          </p>
          {p.conflicts.map((c) => (
            <p key={c.text} className="note warn fs12">
              <span>
                <b className="med">Conflict.</b> {c.text}
              </span>
            </p>
          ))}
        </>
      )}
      {onRemove && (
        <div>
          <button type="button" className="btn sm" aria-label={`Leave out ${p?.title ?? "this goal"}`} onClick={onRemove}>
            Leave out
          </button>
        </div>
      )}
    </li>
  );
}
