"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { Time } from "@/components/format/time";
import { RightButton } from "@/components/members/right-button";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { GoalDetailView, GoalView } from "@/server/api/contract/goals";
import { BandChart } from "./band-chart";
import { amountText } from "./goal-words";
import { useGoalsChange } from "./use-goals-change";

/** The forecast band, what reaching it has moved, and every change of its threshold with its way back. */
export function GoalDetail({ goal }: { goal: GoalView }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.goals.get.queryOptions({ goalId: goal.id }));
  if (query.error) return <ErrorNote error={query.error} what="The history could not be loaded" onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading rows={4} label="Loading the goal's history" />;
  const { checks, changes, achievements } = query.data;
  const past = checks.flatMap((c) => (c.value === null ? [] : [{ at: c.at, value: Number(c.value) }]));
  const band = goal.odds?.known ? goal.odds.band : null;
  return (
    <div className="stack g3">
      {band ? (
        <figure className="stack g1">
          <BandChart goal={goal} band={band} past={past} />
          <figcaption className="fs12 t3">
            The futures are this goal's own record, resampled. {goal.unit === "percent" ? "Per cent" : goal.node.currency}, market time.
          </figcaption>
        </figure>
      ) : (
        <p className="fs12 t3">
          {goal.kind === "drawdown"
            ? "A ceiling has no forecast of its own value: its odds say how often it was kept."
            : "No forecast can be drawn yet."}
        </p>
      )}
      <Achievements rows={achievements} goal={goal} />
      <Changes rows={changes} goal={goal} />
    </div>
  );
}

function Achievements({ rows, goal }: { rows: GoalDetailView["achievements"]; goal: GoalView }) {
  if (rows.length === 0) return null;
  const money = (text: string): string => amountText(text, "quote", goal.node.currency);
  return (
    <div>
      <h4 className="med">Reached</h4>
      <ul className="list">
        {rows.map((a) => (
          <li key={a.id} className="row wrap g3">
            <Time at={a.at} />
            <span className="grow">
              profit {money(a.profit)}, collected {money(a.collected)}
              {a.due !== a.collected && ` of ${money(a.due)}`}
              {a.note && <span className="t2"> · {a.note}</span>}
            </span>
            <span className="bdg">{a.status === "open" ? "in progress" : "done"}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Changes({ rows, goal }: { rows: GoalDetailView["changes"]; goal: GoalView }) {
  const trpc = useTRPC();
  const changed = useGoalsChange();
  const undo = useMutation(trpc.goals.undoChange.mutationOptions({ onSettled: changed }));
  if (rows.length === 0) return <p className="fs12 t3">Its threshold has not been changed.</p>;
  return (
    <div>
      <h4 className="med">Changes of the threshold</h4>
      {undo.error && <ErrorNote error={undo.error} what="The change was not put back" />}
      <ul className="list">
        {rows.map((c) => (
          <li key={c.id} className="row wrap g3">
            <Time at={c.at} />
            <span className="grow">
              <span className="med">
                {amountText(c.from, goal.unit, goal.node.currency)} → {amountText(c.to, goal.unit, goal.node.currency)}
              </span>{" "}
              <span className="fs12 t2">{c.why}</span>
            </span>
            {c.undone ? (
              <span className="bdg">put back</span>
            ) : c.kind === "undone" ? null : (
              <RightButton
                right="trade"
                className="btn sm"
                disabled={undo.isPending}
                aria-label={`Put back the change to ${c.to}`}
                onClick={() => undo.mutate({ goalId: goal.id, changeId: c.id })}
              >
                Put back
              </RightButton>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
