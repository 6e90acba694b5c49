"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { ErrorNote, Loading } from "@/components/ui/states";
import { KeysTable } from "./keys-table";
import { NewKeyDialog } from "./new-key-dialog";
import { SessionsCard } from "./sessions-card";

/** Keys for scripts, and the places where this person is signed in. */
export function ApiKeysPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.apiKeys.list.queryOptions());
  const [creating, setCreating] = useState(false);
  return (
    <>
      <div className="page-h">
        <div>
          <h1>API keys</h1>
          <div className="scope">
            <span>a key does what this page’s rights allow it, in this workspace only</span>
          </div>
        </div>
        <button type="button" className="btn pri" onClick={() => setCreating(true)}>
          New key
        </button>
      </div>
      <section className="card" aria-labelledby="keys-h">
        <div className="card-h">
          <h2 id="keys-h">Keys</h2>
          <span className="sub">only a hash is stored: a key is shown once, when it is made</span>
        </div>
        {query.error && (
          <div className="card-b">
            <ErrorNote error={query.error} what="The keys could not be loaded" onRetry={() => void query.refetch()} />
          </div>
        )}
        {!query.data && !query.error && <Loading rows={3} label="Loading the keys" />}
        {query.data && <KeysTable keys={query.data} />}
      </section>
      <SessionsCard />
      <NewKeyDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}
