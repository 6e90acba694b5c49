"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { LaterLimitFields } from "@/components/risk/later-limit-fields";
import { LIMIT_GROUPS } from "@/components/risk/later-limits";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { fromDraft, type Limits, type LimitsDraft, toDraft } from "./limits-draft";

type FieldSpec = { readonly name: Exclude<keyof LimitsDraft, "later">; readonly path: string; readonly label: string; readonly hint: string };
const FIELDS: readonly FieldSpec[] = [
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
  const whole = formMessage(save.error, [...FIELDS.map((f) => f.path), ...LIMIT_GROUPS.flatMap((g) => g.fields.map((f) => `limits.${f.name}`))]);
  return (
    <form className="stack g4" onSubmit={submit} aria-label="Workspace limits" noValidate>
      <div className="form-grid">
        {FIELDS.map(({ name, path, label, hint }) => (
          <Field key={name} label={label} hint={hint} error={fieldMessage(save.error, path)}>
            <input
              type="text"
              inputMode={name === "allowedSymbols" ? "text" : "decimal"}
              value={draft[name]}
              onChange={(e) => {
                setDraft({ ...draft, [name]: e.target.value });
                save.reset();
              }}
            />
          </Field>
        ))}
      </div>
      <LaterLimitFields
        draft={draft.later}
        set={(later) => {
          setDraft({ ...draft, later });
          save.reset();
        }}
        error={(path) => fieldMessage(save.error, path)}
        currency="quote currency"
      />
      <FormFoot
        problem={whole}
        label="Save limits"
        pending={save.isPending}
        saved={save.isSuccess ? "Limits saved. They hold from the next order on." : null}
      />
    </form>
  );
}
