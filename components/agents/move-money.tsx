"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { Money } from "@/components/format/number";
import { RightButton } from "@/components/members/right-button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import type { AgentDetail, AgentMoneyView } from "@/server/api/contract";

/** Gives an agent money from the wallet above it, or collects some of its free cash. */
export function MoveMoney({ agent: a }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [amount, setAmount] = useState("");
  // One key for one intention: pressing twice moves the money once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [waits, setWaits] = useState<string | null>(null);
  const done = (text: (amount: string) => string) => ({
    onSuccess: ({ outcome }: AgentMoneyView, { amount: asked }: { amount: string }) => {
      setOpen(false);
      setWaits(outcome === "moved" ? null : text(asked));
      setAmount("");
      setKey(crypto.randomUUID());
      void queryClient.invalidateQueries();
    },
  });
  const fund = useMutation(trpc.agents.fund.mutationOptions(done((asked) => `Giving ${asked} ${a.currency} to ${a.name}`)));
  const collect = useMutation(trpc.agents.collect.mutationOptions(done((asked) => `Collecting ${asked} ${a.currency} from ${a.name}`)));
  const error = fund.error ?? collect.error;
  const change = (next: string) => {
    setAmount(next);
    // Another amount is another intention; what was refused before says nothing about it.
    setKey(crypto.randomUUID());
    fund.reset();
    collect.reset();
  };
  const busy = fund.isPending || collect.isPending;
  return (
    <>
      {waits && (
        <p className="note info" role="status">
          <span>
            {waits} is large: nothing moves until a second person agrees, on the <Link href="/wallet">Wallet page</Link>.
          </span>
        </p>
      )}
      <Dialog
        open={open}
        onOpenChange={setOpen}
        trigger={
          <RightButton right="trade" className="btn">
            <ArrowLeftRight className="i" aria-hidden="true" />
            Move money
          </RightButton>
        }
        title={`Move money of ${a.name}`}
        description="Between this agent and the wallet above it. Money in positions and on hold stays where it is."
      >
        <p className="t2" style={{ margin: "10px 0" }}>
          Free cash of the agent: <Money value={a.cash} unit={a.currency} />
        </p>
        <Field label="Amount" unit={a.currency} error={error ? apiError(error).message : null}>
          <input className="inp" inputMode="decimal" value={amount} onChange={(e) => change(e.target.value)} />
        </Field>
        <div className="dlg-f" style={{ margin: "16px -20px -16px" }}>
          <DialogClose className="btn">Keep as it is</DialogClose>
          <button
            type="button"
            className="btn"
            disabled={busy}
            onClick={() => {
              fund.reset();
              collect.mutate({ agentId: a.id, amount: amount.trim(), key });
            }}
          >
            Collect to the wallet above
          </button>
          <button
            type="button"
            className="btn pri"
            disabled={busy}
            onClick={() => {
              collect.reset();
              fund.mutate({ agentId: a.id, amount: amount.trim(), key });
            }}
          >
            Give to the agent
          </button>
        </div>
      </Dialog>
    </>
  );
}
