"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { EMPTY_SHOCK, SHOCK_KINDS, type ShockDraft, SIZE_LABELS, toShock } from "./shock-draft";

/** A scenario of one's own; it stays with the workspace until it is removed. */
export function AddShock({ venue, confidence }: { venue: string; confidence: number }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState(EMPTY_SHOCK);
  const add = useMutation(
    trpc.risk.addShock.mutationOptions({
      onSuccess: () => {
        setDraft(EMPTY_SHOCK);
        return cache.invalidateQueries({ queryKey: trpc.risk.portfolio.pathKey() });
      },
    }),
  );
  const change = (part: Partial<ShockDraft>) => {
    setDraft({ ...draft, ...part });
    add.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: draft.name, shock: toShock(draft, venue, confidence) });
  };
  const size = SIZE_LABELS[draft.kind];
  const whole = formMessage(add.error, ["name", "shock"]);
  return (
    <form className="card-line card-b stack g3" style={{ paddingTop: 14 }} onSubmit={submit} aria-label="Add a scenario" noValidate>
      <div className="form-grid">
        <Field label="Scenario" error={fieldMessage(add.error, "name")}>
          <input type="text" value={draft.name} maxLength={60} onChange={(e) => change({ name: e.target.value })} />
        </Field>
        <Select label="What happens" value={draft.kind} options={SHOCK_KINDS} onChange={(kind) => change({ kind: kind as ShockDraft["kind"] })} />
        <Field label={size.label} hint={size.hint} error={fieldMessage(add.error, "shock")}>
          <input type="text" inputMode="decimal" value={draft.size} onChange={(e) => change({ size: e.target.value })} />
        </Field>
        {draft.kind === "price" && (
          <Field label="Markets" hint="Like BTC/USDT, ETH/USDT. Empty: all of them.">
            <input type="text" value={draft.symbols} onChange={(e) => change({ symbols: e.target.value })} />
          </Field>
        )}
        {draft.kind === "depeg" && (
          <Field label="Currency">
            <input type="text" value={draft.currency} onChange={(e) => change({ currency: e.target.value })} />
          </Field>
        )}
      </div>
      {whole && (
        <p className="err" role="alert">
          {whole}
        </p>
      )}
      <div>
        <button type="submit" className="btn" disabled={add.isPending || draft.name.trim() === ""}>
          {add.isPending ? "Adding…" : "Add scenario"}
        </button>
        {draft.name.trim() === "" && <span className="fs12 t3"> give it a name first</span>}
      </div>
    </form>
  );
}
