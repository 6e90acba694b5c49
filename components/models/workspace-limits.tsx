"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { LimitsForm } from "./limits-form";

/** Hard limits above every agent of the workspace. */
export function WorkspaceLimits() {
  const trpc = useTRPC();
  const query = useQuery(trpc.workspace.get.queryOptions());
  return (
    <section className="card s12" aria-labelledby="limits-h">
      <div className="card-h">
        <h2 id="limits-h">Workspace limits</h2>
        <span className="sub">checked for every order of every agent, besides the agent’s own limits</span>
      </div>
      <div className="card-b">
        {query.error && <ErrorNote error={query.error} what="The limits could not be loaded" onRetry={() => void query.refetch()} />}
        {!query.data && !query.error && <Loading rows={3} label="Loading the limits" />}
        {query.data && <LimitsForm limits={query.data.limits} dailyModelCap={query.data.dailyModelCap} />}
      </div>
    </section>
  );
}
