"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { RightFields } from "@/components/members/right-fields";
import { FormFoot } from "@/components/ui/form-foot";
import { type LimitFieldSpec, LimitFields, wholeLimitsMessage } from "./limit-fields";
import { fromDraft, type Limits, toDraft } from "./limits-draft";

const FIELDS: readonly LimitFieldSpec[] = [
  {
    name: "maxOrderNotional",
    path: "limits.maxOrderNotional",
    label: "Largest order",
    hint: "Value of one order, in the quote currency. Empty: no limit.",
  },
  { name: "maxPositionNotional", path: "limits.maxPositionNotional", label: "Largest position", hint: "Value held in one market. Empty: no limit." },
  { name: "maxDailyLoss", path: "limits.maxDailyLoss", label: "Largest loss a day", hint: "After it, only orders that reduce. Empty: no limit." },
  { name: "maxOrdersPerHour", path: "limits.maxOrdersPerHour", label: "Orders an hour", hint: "1 to 1,000. Empty: no limit." },
  { name: "allowedSymbols", path: "limits.allowedSymbols", label: "Allowed markets", hint: "Like BTC/USDT, DOGE/USDT. Empty: every market." },
  { name: "dailyModelCap", path: "dailyModelCap", label: "Model budget a day, USD", hint: "0 means that no model may be asked." },
];

/** Edits the workspace's limits; what is stored stays until it is saved. */
export function LimitsForm({ limits, dailyModelCap }: { limits: Limits; dailyModelCap: string }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState(() => toDraft(limits, dailyModelCap));
  const save = useMutation(
    trpc.workspace.setLimits.mutationOptions({
      onSuccess: async () => {
        await Promise.all([
          cache.invalidateQueries({ queryKey: trpc.workspace.get.queryKey() }),
          cache.invalidateQueries({ queryKey: trpc.models.get.queryKey() }),
        ]);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(fromDraft(draft));
  };
  return (
    <form className="stack g4" onSubmit={submit} aria-label="Workspace limits" noValidate>
      <RightFields right="own">
        <LimitFields
          fields={FIELDS}
          draft={draft}
          set={(next) => {
            setDraft(next);
            save.reset();
          }}
          refusal={save.error}
          currency="quote currency"
        />
        <FormFoot
          problem={wholeLimitsMessage(save.error, FIELDS)}
          label="Save limits"
          pending={save.isPending}
          saved={save.isSuccess ? "Limits saved. They hold from the next order on." : null}
        />
      </RightFields>
    </form>
  );
}
