"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { DecisionView } from "./decision-view";
import { replayState } from "./replay-state";

const OPEN_PHASES = ["claimed", "context", "decided", "judged", "intended", "executing"];
const REFRESH_MS = 5_000;

/** Loads one decision, keeps it fresh until it has settled, and runs its replay. */
export function DecisionPage({ turnId }: { turnId: string }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.decisions.get.queryOptions(
      { turnId },
      { refetchInterval: ({ state }) => (state.data && OPEN_PHASES.includes(state.data.row.phase) ? REFRESH_MS : false) },
    ),
  );
  const replay = useMutation(trpc.decisions.replay.mutationOptions());
  if (query.data) {
    const state = replayState({ status: replay.status, data: replay.data, message: replay.error ? apiError(replay.error).message : null });
    return <DecisionView view={query.data} replay={state} result={replay.data} onReplay={() => replay.mutate({ turnId })} />;
  }
  return (
    <>
      <div className="page-h">
        <h1>{query.error ? notLoaded(query.error) : "Decision"}</h1>
      </div>
      {query.error ? (
        <div className="stack g3">
          <ErrorNote error={query.error} what="The decision could not be shown" onRetry={() => void query.refetch()} />
          <Link className="link" href="/agents">
            Back to the agents
          </Link>
        </div>
      ) : (
        <div className="card">
          <Loading rows={8} label="Loading the decision" />
        </div>
      )}
    </>
  );
}

const notLoaded = (error: unknown): string => (apiError(error).status === 404 ? "There is no such decision" : "Decision");
