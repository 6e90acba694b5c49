"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/api/trpc";
import { useRefusal } from "@/components/members/rights";
import { ErrorNote, Loading } from "@/components/ui/states";
import { AgentTable } from "./agent-table";

export function AgentsPage() {
  const trpc = useTRPC();
  const trades = useRefusal("trade") === null;
  const query = useQuery(trpc.agents.list.queryOptions(undefined, { refetchInterval: 30_000 }));
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Agents</h1>
          <p className="scope">
            <span className="bdg m-paper">PAPER</span>
            <span>net of trading fees, against holding the same money</span>
          </p>
        </div>
        {trades && (
          <Link href="/agents/new" className="btn pri">
            New agent
          </Link>
        )}
      </div>
      <section className="card" aria-label="Agents">
        {query.isPending && <Loading rows={5} label="Loading agents" />}
        {query.error && <ErrorNote error={query.error} what="The agents could not be loaded" onRetry={() => void query.refetch()} />}
        {query.data && <AgentTable agents={query.data} marketNow={query.data[0]?.lastDecision?.at ?? 0} />}
      </section>
    </>
  );
}
