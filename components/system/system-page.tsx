"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { SystemView } from "./system-view";

const REFRESH_MS = 10_000;

/** Loads the state of the installation and keeps it fresh. */
export function SystemPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.system.get.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  if (query.data)
    return (
      <>
        {query.error && <ErrorNote error={query.error} what="This page is not fresh" onRetry={() => void query.refetch()} />}
        <SystemView view={query.data} />
      </>
    );
  return (
    <>
      <div className="page-h">
        <h1>System</h1>
      </div>
      {query.error ? (
        <ErrorNote error={query.error} what="The state of the system could not be read" onRetry={() => void query.refetch()} />
      ) : (
        <div className="card">
          <Loading rows={8} label="Loading the system" />
        </div>
      )}
    </>
  );
}
