"use client";
import { useState } from "react";
import { Time } from "@/components/format/time";
import { Empty } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { ApiKeyView } from "@/server/api/contract";
import { keyState } from "./key-state";
import { RevokeKeyDialog } from "./revoke-key-dialog";

/** Every key with its rights and dates; working keys can be revoked. */
export function KeysTable({ keys }: { keys: readonly ApiKeyView[] }) {
  const [revoking, setRevoking] = useState<ApiKeyView | null>(null);
  const [now] = useState(() => Date.now());
  if (keys.length === 0) return <Empty title="No API key yet">Make one with “New key” to let a script read this workspace or trade in it.</Empty>;
  return (
    <>
      <div className="tbl-w">
        <table className="tbl" aria-labelledby="keys-h">
          <TableHead columns={["Name", "Rights", "State", "Created", "Expires", "Last used", ["Actions", "sr"]]} />
          <tbody>
            {keys.map((key) => {
              const state = keyState(key, now);
              return (
                <tr key={key.id} style={{ height: 48 }}>
                  <td>
                    <span className="med">{key.name}</span>
                    <span className="nm2 mono">{key.prefix}…</span>
                  </td>
                  <td className="nowrap">{key.scopes.join(", ")}</td>
                  <td>
                    <span className={state.className}>{state.word}</span>
                  </td>
                  <td className="nowrap">
                    <Time at={key.createdAt} />
                  </td>
                  <td className="nowrap">
                    <Time at={key.expiresAt} />
                  </td>
                  <td className="nowrap">{key.lastUsedAt === null ? <span className="t3">never</span> : <Time at={key.lastUsedAt} />}</td>
                  <td className="r">
                    {key.revokedAt === null && (
                      <button type="button" className="btn sm dan-o" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                        Revoke
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <RevokeKeyDialog apiKey={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}
