"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { RightButton } from "@/components/members/right-button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/states";
import type { EvidenceView } from "@/server/api/contract";

/** Asks to leave paper. What the gate refuses a person can override by typing the agent's name; both are on record. */
export function RequestLive({ evidence: e }: { evidence: EvidenceView }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const ask = useMutation(
    trpc.evidence.requestLive.mutationOptions({
      // A refusal is on record too.
      onSettled: () => cache.invalidateQueries({ queryKey: trpc.evidence.get.queryKey({ agentId: e.agentId }) }),
    }),
  );
  const change = (next: boolean) => {
    setOpen(next);
    setTyped("");
    ask.reset();
  };
  const refused = ask.error !== null && ["GATE_NOT_MET", "CONFIRMATION_MISMATCH"].includes(apiError(ask.error).code);
  const override = (event: FormEvent) => {
    event.preventDefault();
    if (typed === e.agentName) ask.mutate({ agentId: e.agentId, confirm: typed });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      trigger={
        <RightButton right="trade" className="btn">
          Ask to leave paper
        </RightButton>
      }
      title={`May ${e.agentName} leave paper?`}
      description={`Its evidence is judged now, and the answer is kept on record with its figures for version ${e.configVersion}.`}
    >
      <div className="stack g3" style={{ marginTop: 12 }}>
        {ask.isSuccess && (
          <p className="note gain" role="status">
            {ask.data.message}
          </p>
        )}
        {ask.error &&
          (refused ? (
            <p className="note warn" role="alert">
              {apiError(ask.error).message}
            </p>
          ) : (
            <ErrorNote error={ask.error} what="Nothing was decided" />
          ))}
        {refused ? (
          <form className="stack g3" onSubmit={override}>
            <p className="t2">
              You can override the gate. What it could not find is then your risk: real orders could follow from a record that may be luck. The
              override is kept in the audit log with these figures.
            </p>
            <Field label={`Type ${e.agentName} to override`}>
              <input className="inp" value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.target.value)} />
            </Field>
            <div className="row" style={{ justifyContent: "flex-end" }}>
              <button type="button" className="btn" data-safe onClick={() => change(false)}>
                Keep it on paper
              </button>
              <button type="submit" className="btn dan" disabled={typed !== e.agentName || ask.isPending}>
                {ask.isPending ? "Overriding…" : "Override the gate"}
              </button>
            </div>
          </form>
        ) : (
          <div className="row" style={{ justifyContent: "flex-end" }}>
            <button type="button" className="btn" data-safe onClick={() => change(false)}>
              {ask.isSuccess ? "Close" : "Keep it on paper"}
            </button>
            {!ask.isSuccess && (
              <button type="button" className="btn pri" disabled={ask.isPending} onClick={() => ask.mutate({ agentId: e.agentId })}>
                {ask.isPending ? "Judging…" : "Judge it now"}
              </button>
            )}
          </div>
        )}
      </div>
    </Dialog>
  );
}
