"use client";
import Link from "next/link";
import { useState } from "react";
import type { AccountView } from "@/server/api/contract";
import { DeleteAccountDialog } from "./delete-account-dialog";

/** What deleting the account does, why it is refused just now, and the way to do it. */
export function DeleteAccountCard({ account }: { account: AccountView }) {
  const [asking, setAsking] = useState(false);
  const inTheWay = account.blockers.length > 0;
  return (
    <section className="card s6" aria-labelledby="delete-h">
      <div className="card-h">
        <h2 id="delete-h">Delete the account</h2>
      </div>
      <div className="card-b stack g3">
        <p className="t2">
          You are signed out everywhere, API keys and provider keys stop at once, and names, strategies, your address and the records of your
          decisions are erased. Figures of orders, fills and the ledger stay, without a name. It cannot be undone; the same wallet can begin anew.
        </p>
        {account.refused && <p className="note warn">{account.refused}</p>}
        {!account.refused && inTheWay && (
          <div className="note warn">
            <div className="stack g1">
              <p className="med">Not yet: these agents have to come to rest first.</p>
              <ul className="stack g1" aria-label="Agents in the way">
                {account.blockers.map((b) => (
                  <li key={b.agentId}>
                    <Link className="lnk" href={`/agents/${b.agentId}`}>
                      {b.name}
                    </Link>{" "}
                    {b.reason}
                  </li>
                ))}
              </ul>
              <p className="fs12">Stop each on its page; the kill switch with &quot;also sell&quot; does it for all.</p>
            </div>
          </div>
        )}
        <div className="row">
          <button type="button" className="btn dan-o" disabled={inTheWay || account.refused !== null} onClick={() => setAsking(true)}>
            Delete account…
          </button>
        </div>
      </div>
      <DeleteAccountDialog open={asking} onOpenChange={setAsking} />
    </section>
  );
}
