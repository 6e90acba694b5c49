"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { RightButton } from "@/components/members/right-button";
import { ErrorNote } from "@/components/ui/states";
import type { GoalOddsView, GoalView } from "@/server/api/contract/goals";
import { GoalDetail } from "./goal-detail";
import { ACTION_WORDS, followsText, lastDay, percentText, STATUS_WORDS } from "./goal-words";
import { ProgressBar } from "./progress-bar";
import { useGoalsChange } from "./use-goals-change";

/** One goal: how far it is, how likely, what would change that; its history on demand. */
export function GoalCard({ goal, conflicts }: { goal: GoalView; conflicts: readonly string[] }) {
  const trpc = useTRPC();
  const changed = useGoalsChange();
  const [open, setOpen] = useState(false);
  const act = useMutation(trpc.goals.act.mutationOptions({ onSettled: changed }));
  const heading = `goal-${goal.id}`;
  return (
    <article className="card goal" aria-labelledby={heading}>
      <div className="card-h wrap">
        <h3 id={heading}>{sentence(goal.title)}</h3>
        <span className={`bdg ${goal.status === "active" ? "gain" : goal.status === "missed" ? "warn" : ""}`}>{STATUS_WORDS[goal.status]}</span>
        <span className="sub">
          {goal.node.agentId ? <Link href={`/agents/${goal.node.agentId}`}>{goal.node.name}</Link> : goal.node.name} · priority {goal.priority}
        </span>
        <span className="end row g2">
          {goal.actions.map((action) => (
            <RightButton
              key={action}
              right="trade"
              className="btn sm"
              disabled={act.isPending}
              aria-label={`${ACTION_WORDS[action] ?? action}: ${goal.title}`}
              onClick={() => act.mutate({ goalId: goal.id, action: action as "pause" })}
            >
              {ACTION_WORDS[action] ?? action}
            </RightButton>
          ))}
        </span>
      </div>
      <div className="card-b stack g3">
        {act.error && <ErrorNote error={act.error} what="The goal was not changed" />}
        <ProgressBar goal={goal} />
        {goal.status === "active" && <Odds odds={goal.odds} ceiling={goal.kind === "drawdown"} />}
        {goal.statusReason && goal.status !== "active" && <p className="fs12 t2">{goal.statusReason}</p>}
        {conflicts.map((text) => (
          <p key={text} className="note warn fs12">
            <span>
              <b className="med">Conflict.</b> {text}
            </span>
          </p>
        ))}
        <p className="fs12 t3">
          Measures {goal.measures}. {goal.kind === "drawdown" ? ceilingText(goal) : followsText(goal.onAchieved)}
          {goal.deadline !== null && ` Last day: ${lastDay(goal.deadline)} (market time).`}
        </p>
        <button type="button" className="btn sm goal-more" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide forecast and history" : "Forecast and history"}
        </button>
        {open && <GoalDetail goal={goal} />}
      </div>
    </article>
  );
}

const sentence = (title: string): string => title.charAt(0).toUpperCase() + title.slice(1);
const ceilingText = (goal: GoalView): string =>
  `Entries shrink with the room that is left and end at the ceiling.${goal.trim ? " What is invested beyond that is sold." : " What is held already is not sold."}`;

function Odds({ odds, ceiling }: { odds: GoalOddsView | null; ceiling: boolean }) {
  if (!odds) return <p className="fs12 t3">The odds are worked out with the next check, within five minutes.</p>;
  if (!odds.known) return <p className="fs12 t2">{odds.reason}</p>;
  return (
    <div className="stack g2">
      <p>
        <b className="med">
          {percentText(odds.probability)}, {odds.words}
        </b>{" "}
        <span className="t2">
          {ceiling ? "to be kept" : "to be reached"} {odds.ownEnd ? "in time" : "within 30 days (it has no end of its own)"}
          {odds.withCeiling !== null && `; ${percentText(odds.withCeiling)} without passing the drawdown ceiling before`}.
        </span>{" "}
        <span className="fs12 t3">By {odds.method}; it says what such a record would do again, not what the market will.</span>
      </p>
      {odds.changes.length > 0 && (
        <div>
          <p className="fs12 t3">What would change the odds</p>
          <ul className="row wrap g2 fs12">
            {odds.changes.map((c) => (
              <li key={c.what} className="bdg">
                {c.what}: <span className="num">{percentText(c.probability)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
