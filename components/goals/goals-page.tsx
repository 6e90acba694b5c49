"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { ShortTime } from "@/components/format/short-time";
import { RightButton } from "@/components/members/right-button";
import { useRefusal } from "@/components/members/rights";
import { Empty, ErrorNote, Loading } from "@/components/ui/states";
import type { GoalView } from "@/server/api/contract/goals";
import { GoalCard } from "./goal-card";
import { NewGoal } from "./new-goal";
import { ProposalsCard } from "./proposals-card";
import { useGoalsChange } from "./use-goals-change";

/** What is to be reached or kept, how likely it is, and what the goals do about it. */
export function GoalsPage() {
  const trpc = useTRPC();
  const changed = useGoalsChange();
  const query = useQuery(trpc.goals.list.queryOptions(undefined, { refetchInterval: 60_000 }));
  const check = useMutation(trpc.goals.check.mutationOptions({ onSettled: changed }));
  const trades = useRefusal("trade") === null;
  const page = query.data;
  const running = page?.goals.filter((g) => g.status === "active" || g.status === "paused" || g.status === "draft") ?? [];
  const over = page?.goals.filter((g) => !running.includes(g)) ?? [];
  const conflictsOf = (goal: GoalView): readonly string[] => (page?.conflicts ?? []).filter((c) => c.goalIds.includes(goal.id)).map((c) => c.text);
  return (
    <>
      <div className="page-h wrap">
        <div>
          <h1>Goals</h1>
          <div className="scope">
            <span className="bdg m-paper">PAPER</span>
            <span>checked every five minutes and after settled decisions</span>
            {page && (
              <>
                <span className="dot" />
                <span>
                  market time <ShortTime at={page.now} now={page.now} /> UTC
                </span>
              </>
            )}
          </div>
        </div>
        <RightButton right="trade" className="btn" disabled={check.isPending} onClick={() => check.mutate()}>
          {check.isPending ? "Checking…" : "Check now"}
        </RightButton>
      </div>
      {query.error && <ErrorNote error={query.error} what="The goals could not be loaded" onRetry={() => void query.refetch()} />}
      {check.error && <ErrorNote error={check.error} what="The goals were not checked" />}
      {!page && !query.error && (
        <div className="card">
          <Loading rows={6} label="Loading the goals" />
        </div>
      )}
      {page && (
        <div className="stack g4">
          {trades && <NewGoal nodes={page.nodes} now={page.now} />}
          <section aria-labelledby="running-h" className="stack g3">
            <h2 id="running-h">Running</h2>
            {running.length === 0 ? (
              <div className="card">
                <Empty title="No goal is running">{trades ? "Say above what should be reached, or what must not be lost." : null}</Empty>
              </div>
            ) : (
              <div className="goal-list">
                {running.map((g) => (
                  <GoalCard key={g.id} goal={g} conflicts={conflictsOf(g)} />
                ))}
              </div>
            )}
          </section>
          <ProposalsCard proposals={page.proposals} />
          {over.length > 0 && (
            <section aria-labelledby="over-h" className="stack g3">
              <h2 id="over-h">Over</h2>
              <div className="goal-list">
                {over.map((g) => (
                  <GoalCard key={g.id} goal={g} conflicts={[]} />
                ))}
              </div>
            </section>
          )}
        </div>
      )}
    </>
  );
}
