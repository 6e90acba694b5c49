"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { OctagonX } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { RightButton } from "@/components/members/right-button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { HoldButton } from "@/components/ui/hold-button";
import { ErrorNote } from "@/components/ui/states";

/** A halt that holds in the server's memory only. */
function NotStored({ problem }: { problem: string }) {
  return (
    <p className="note warn" role="status">
      A halt holds in this process and is not stored yet: it sends no order, and stores the halt as soon as it can. {problem}
    </p>
  );
}

/** Halts every agent of the workspace; says what that does before it does it. */
export function KillSwitch() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [flatten, setFlatten] = useState(false);
  const workspace = useQuery(trpc.workspace.get.queryOptions());
  const after = () => {
    setOpen(false);
    void queryClient.invalidateQueries();
  };
  const kill = useMutation(trpc.workspace.kill.mutationOptions({ onSuccess: after, onError: () => void queryClient.invalidateQueries() }));
  const resume = useMutation(trpc.workspace.resume.mutationOptions({ onSuccess: after }));
  const halted = workspace.data?.tradingState === "halted";
  const unstored = workspace.data?.haltsNotStored ?? [];
  const trigger = (
    <RightButton right="trade" className={`btn ${halted ? "dan" : "dan-o"}`}>
      <OctagonX className="i" aria-hidden="true" />
      <span className="kill-t">{halted ? "Trading is halted" : "Kill switch"}</span>
      <span className="sr only-s">{halted ? "Trading is halted" : "Kill switch"}</span>
    </RightButton>
  );
  if (halted) {
    return (
      <Dialog
        open={open}
        onOpenChange={setOpen}
        trigger={trigger}
        title="Trading is halted"
        description="No agent of this workspace sends an order. Each halted agent is resumed on its own page."
      >
        {unstored.length > 0 && <NotStored problem={unstored[0]?.problem ?? ""} />}
        {resume.error && <ErrorNote error={resume.error} what="Trading is still halted" />}
        <div className="dlg-f" style={{ margin: "16px -20px -16px" }}>
          <DialogClose className="btn" data-safe>
            Keep it halted
          </DialogClose>
          <button type="button" className="btn pri" disabled={resume.isPending} onClick={() => resume.mutate()}>
            Allow trading again
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={trigger}
      title="Halt all trading"
      description="Every agent stops at once and open orders are cancelled. What is held stays held, unless you also sell it. Decisions, balances and history stay as they are."
    >
      <fieldset className="stack g2" style={{ margin: "12px 0" }}>
        <legend className="sr">What to do with positions</legend>
        {[
          { value: false, label: "Halt", hint: "Positions stay as they are." },
          { value: true, label: "Halt and flatten", hint: "Everything held is sold at the market, with fees and half-spread." },
        ].map((o) => (
          <label key={o.label} className={`rad ${flatten === o.value ? "on" : ""}`}>
            <input type="radio" name="flatten" className="sr" checked={flatten === o.value} onChange={() => setFlatten(o.value)} />
            <b className="med">{o.label}</b>
            <span className="t3">{o.hint}</span>
          </label>
        ))}
      </fieldset>
      {unstored.length > 0 && <NotStored problem={unstored[0]?.problem ?? ""} />}
      {kill.error && <ErrorNote error={kill.error} what="Not everything was halted" />}
      <div className="dlg-f" style={{ margin: "16px -20px -16px" }}>
        <DialogClose className="btn" data-safe>
          Keep trading
        </DialogClose>
        <HoldButton busy={kill.isPending} onConfirm={() => kill.mutate({ flatten })}>
          {flatten ? "Hold to halt and flatten" : "Hold to halt everything"}
        </HoldButton>
      </div>
    </Dialog>
  );
}
