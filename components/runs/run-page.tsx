"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, RotateCcw } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { RunFacts } from "./run-facts";
import { RunSteps } from "./run-steps";
import { functionWords } from "./run-words";

const REFRESH_MS = 2_000;

/** One run: its steps on one time axis, what it was told, what it answered; to cancel or to do again. */
export function RunPage({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const query = useQuery(
    trpc.runs.get.queryOptions({ runId }, { refetchInterval: ({ state }) => (state.data?.status === "running" ? REFRESH_MS : false) }),
  );
  const refresh = () => void queryClient.invalidateQueries();
  const cancel = useMutation(trpc.runs.cancel.mutationOptions({ onSettled: refresh }));
  const replay = useMutation(
    trpc.runs.replay.mutationOptions({
      onSettled: refresh,
      onSuccess: (answer) => router.push(`/runs/${answer.runId}`),
    }),
  );
  const run = query.data;
  const gone = query.error && apiError(query.error).status === 404;
  return (
    <>
      <div className="page-h">
        <div>
          <p className="crumb">
            <Link href="/runs">Runs</Link> ›
          </p>
          <h1>{run ? functionWords(run.functionId) : gone ? "There is no such run" : "Run"}</h1>
        </div>
        {run && (
          <div className="row wrap">
            {run.canCancel && (
              <button type="button" className="btn dan-o" disabled={cancel.isPending} onClick={() => cancel.mutate({ runId })}>
                <Ban className="i" aria-hidden="true" />
                {cancel.isPending ? "Cancelling…" : "Cancel run"}
              </button>
            )}
            {run.canReplay && (
              <button type="button" className="btn pri" disabled={replay.isPending} onClick={() => replay.mutate({ runId })}>
                <RotateCcw className="i" aria-hidden="true" />
                {replay.isPending ? "Starting…" : "Run again from where it stopped"}
              </button>
            )}
          </div>
        )}
      </div>
      {query.error && <ErrorNote error={query.error} what="The run could not be shown" onRetry={() => void query.refetch()} />}
      {cancel.error && <ErrorNote error={cancel.error} what="The run was not cancelled" />}
      {replay.error && <ErrorNote error={replay.error} what="The run was not started again" />}
      {query.isPending && (
        <div className="card">
          <Loading rows={8} label="Loading the run" />
        </div>
      )}
      {run && (
        <div className="grid">
          <RunSteps run={run} now={query.dataUpdatedAt} />
          <RunFacts run={run} now={query.dataUpdatedAt} />
        </div>
      )}
    </>
  );
}
