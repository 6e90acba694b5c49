"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/api/trpc";
import { percentText } from "./goal-words";
import { ProgressBar } from "./progress-bar";

/** The running goals of one agent, or the most important ones of the workspace; nothing while there is none. */
export function GoalsStrip({ agentId, className = "card" }: { agentId?: string; className?: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.goals.list.queryOptions(undefined, { refetchInterval: 60_000 }));
  const goals = (query.data?.goals ?? [])
    .filter((g) => g.status === "active" && (agentId === undefined || g.node.agentId === agentId))
    .sort((a, b) => a.priority - b.priority)
    .slice(0, 4);
  if (goals.length === 0) return null;
  return (
    <section className={className} aria-labelledby="goals-strip-h">
      <div className="card-h">
        <h2 id="goals-strip-h">Goals</h2>
        <span className="end">
          <Link href="/goals" className="fs12">
            All goals
          </Link>
        </span>
      </div>
      <ul className="card-b stack g3">
        {goals.map((g) => (
          <li key={g.id} className="stack g1">
            <p className="fs12">
              <span className="med">{g.title.charAt(0).toUpperCase() + g.title.slice(1)}</span>{" "}
              <span className="t3">
                {agentId === undefined && `${g.node.name}, `}
                {g.odds?.known ? `${percentText(g.odds.probability)} ${g.odds.words}` : "odds not known yet"}
              </span>
            </p>
            <ProgressBar goal={g} />
          </li>
        ))}
      </ul>
    </section>
  );
}
