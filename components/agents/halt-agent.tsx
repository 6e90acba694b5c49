"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { formatFigure } from "@/components/format/decimal-text";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { HoldButton } from "@/components/ui/hold-button";
import { ErrorNote } from "@/components/ui/states";
import type { AgentDetail } from "@/server/api/contract";

/** Halts one agent, and sells what it holds if told; needs no schedule to work. */
export function HaltAgent({ agent: a, trigger }: { agent: AgentDetail; trigger: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const kill = useMutation(
    trpc.agents.kill.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        void queryClient.invalidateQueries();
      },
    }),
  );
  const held = a.positions.map((p) => `${formatFigure(p.quantity)} ${p.base}`).join(", ");
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      trigger={trigger}
      title={`Halt ${a.name}`}
      description={`It stops deciding at once and its ${a.openOrders.length} open orders are cancelled. ${held ? `It holds ${held}: that stays, unless you also sell it.` : "It holds nothing."}`}
    >
      {kill.error && <ErrorNote error={kill.error} what="The agent was not halted completely" />}
      <div className="dlg-f" style={{ margin: "16px -20px -16px", flexWrap: "wrap" }}>
        <DialogClose className="btn" data-safe>
          Keep trading
        </DialogClose>
        <HoldButton className="btn dan" busy={kill.isPending} onConfirm={() => kill.mutate({ agentId: a.id, flatten: false })}>
          Hold to halt
        </HoldButton>
        {held && (
          <HoldButton className="btn dan-o" busy={kill.isPending} onConfirm={() => kill.mutate({ agentId: a.id, flatten: true })}>
            Hold to halt and sell {held}
          </HoldButton>
        )}
      </div>
    </Dialog>
  );
}
