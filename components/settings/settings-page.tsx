"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/api/trpc";
import { OnChainCard } from "@/components/on-chain/on-chain-card";
import { ErrorNote, Loading } from "@/components/ui/states";
import { DeleteAccountCard } from "./delete-account-card";
import { ExportCard } from "./export-card";
import { GateSettings } from "./gate-settings";
import { WorkspaceNameCard } from "./workspace-name-card";

/** The person's own data: take them along, or delete them. */
export function SettingsPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.account.get.queryOptions());
  const account = query.data;
  return (
    <>
      <div className="page-h">
        <div>
          <h1>Settings</h1>
          <div className="scope">
            <span>your account and its data</span>
            {account && (
              <>
                <span className="dot" />
                <span>{account.workspaceName}</span>
              </>
            )}
          </div>
        </div>
      </div>
      {query.error && <ErrorNote error={query.error} what="The account could not be loaded" onRetry={() => void query.refetch()} />}
      {!account && !query.error && (
        <div className="card">
          <Loading rows={4} label="Loading the account" />
        </div>
      )}
      {account && (
        <div className="grid">
          <WorkspaceNameCard name={account.workspaceName} />
          <GateSettings />
          <OnChainCard />
          <ExportCard />
          <DeleteAccountCard account={account} />
        </div>
      )}
    </>
  );
}
