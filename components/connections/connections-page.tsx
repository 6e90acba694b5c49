"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { SourceCard } from "./source-card";
import { VenuesTable } from "./venues-table";

const REFRESH_MS = 5_000;

/** Where each symbol's prices come from, and how the venues are. */
export function ConnectionsPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.connections.get.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  const view = query.data;
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Connections</h1>
          <div className="scope">
            <span>where each symbol&apos;s prices come from</span>
            <span className="dot" />
            <span>no keys needed: public data only</span>
          </div>
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} what="The connections could not be loaded" onRetry={() => void query.refetch()} />}
      {!view && !query.error && (
        <div className="card">
          <Loading rows={6} label="Loading the connections" />
        </div>
      )}
      {view && (
        <div className="grid">
          {!view.venuesUsable && (
            <p className="note warn s12">
              This installation plays recorded prices, so its market time is not now: the venues&apos; prices cannot be used until it runs on the
              simulated market.
            </p>
          )}
          {view.symbols.map((row) => (
            <SourceCard key={row.symbol} row={row} view={view} />
          ))}
          <VenuesTable venues={view.venues} />
        </div>
      )}
    </>
  );
}
