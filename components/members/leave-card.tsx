"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Dialog } from "@/components/ui/dialog";
import { ErrorNote } from "@/components/ui/states";

/** Leaving a workspace of several people. */
export function LeaveCard() {
  const trpc = useTRPC();
  const [asking, setAsking] = useState(false);
  // Another workspace is on screen from here on: everything is asked for anew.
  const leave = useMutation(trpc.members.leave.mutationOptions({ onSuccess: () => window.location.assign("/overview") }));
  return (
    <section className="card s4" aria-labelledby="leave-h">
      <div className="card-h">
        <h2 id="leave-h">Leave</h2>
      </div>
      <div className="card-b stack g3">
        <p className="t2">You lose sight of this workspace at once. Its agents and its money stay with the others.</p>
        <div className="row">
          <button type="button" className="btn dan-o" onClick={() => setAsking(true)}>
            Leave this workspace…
          </button>
        </div>
      </div>
      <Dialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          if (!open) leave.reset();
        }}
        title="Leave this workspace?"
        description="Your API keys here end too. Only an owner can let you in again."
      >
        {leave.error && <ErrorNote error={leave.error} what="You are still a member" />}
        <div className="row" style={{ justifyContent: "flex-end", marginTop: 16 }}>
          <button type="button" className="btn" data-safe onClick={() => setAsking(false)}>
            Stay
          </button>
          <button type="button" className="btn dan" disabled={leave.isPending} onClick={() => leave.mutate()}>
            {leave.isPending ? "Leaving…" : "Leave"}
          </button>
        </div>
      </Dialog>
    </section>
  );
}
