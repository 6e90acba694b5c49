"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { BudgetCard } from "./budget-card";
import { CatalogueCard } from "./catalogue-card";
import { KeyCard } from "./key-card";
import { RulesCard } from "./rules-card";
import { WorkspaceLimits } from "./workspace-limits";

const REFRESH_MS = 15_000;

/** What may think for the agents, what it may cost, and the limits above every agent. */
export function ModelsPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.models.get.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Models</h1>
          <div className="scope">
            <span>model cost is real money, for paper agents too</span>
            <span className="dot" />
            <span>prices and budgets in USD</span>
          </div>
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} what="The models could not be loaded" onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && (
        <div className="card">
          <Loading rows={8} label="Loading the models" />
        </div>
      )}
      {query.data && (
        <div className="grid">
          {query.data.providers.map((provider) => (
            <KeyCard key={provider.provider} provider={provider} />
          ))}
          <BudgetCard view={query.data} />
          <CatalogueCard providers={query.data.providers} />
          <RulesCard rules={query.data.rules} />
          <WorkspaceLimits />
        </div>
      )}
    </>
  );
}
