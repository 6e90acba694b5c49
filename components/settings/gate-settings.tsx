"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import { Select } from "@/components/ui/select";
import { ErrorNote, Loading } from "@/components/ui/states";
import type { GateView } from "@/server/api/contract";

/** What an agent must show before it may leave paper, for the whole workspace. */
export function GateSettings() {
  const trpc = useTRPC();
  const query = useQuery(trpc.evidence.gate.queryOptions());
  return (
    <section className="card s6" aria-label="Leaving paper">
      <div className="card-h">
        <h2>Leaving paper</h2>
        <span className="sub">for every agent of this workspace</span>
      </div>
      <div className="card-b stack g3">
        <p className="t2">
          An agent leaves paper only with a record that is more than luck: enough trades out of sample, and a deflated Sharpe ratio of its excess over
          a hold of the same exposure.
        </p>
        {query.error && <ErrorNote error={query.error} what="The thresholds could not be loaded" onRetry={() => void query.refetch()} />}
        {!query.data && !query.error && <Loading rows={3} label="Loading the thresholds" />}
        {query.data && <GateForm stored={query.data} />}
      </div>
    </section>
  );
}

const FIELDS = ["minTrades", "minDeflatedSharpe", "gate.minTrades", "gate.minDeflatedSharpe"];

function GateForm({ stored }: { stored: GateView }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState({
    enabled: stored.enabled ? "on" : "off",
    minTrades: String(stored.minTrades),
    minDeflatedSharpe: String(stored.minDeflatedSharpe),
  });
  const save = useMutation(
    trpc.evidence.setGate.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.evidence.pathKey() }) }),
  );
  const set = (change: Partial<typeof draft>) => {
    setDraft({ ...draft, ...change });
    save.reset();
  };
  const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", ".")));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ enabled: draft.enabled === "on", minTrades: number(draft.minTrades), minDeflatedSharpe: number(draft.minDeflatedSharpe) });
  };
  const whole = formMessage(save.error, FIELDS);
  const error = (field: string) => fieldMessage(save.error, field) ?? fieldMessage(save.error, `gate.${field}`);
  return (
    <form className="stack g3" onSubmit={submit} aria-label="Gate" noValidate>
      <div className="form-grid">
        <Field label="Trades out of sample" hint="Orders filled since the configuration was made." error={error("minTrades")}>
          <input inputMode="numeric" value={draft.minTrades} onChange={(e) => set({ minTrades: e.target.value })} />
        </Field>
        <Field
          label="Deflated Sharpe ratio, every look counted"
          hint="A probability, 0.5 to 0.9999. At 0.95 one lucky agent in twenty passes."
          error={error("minDeflatedSharpe")}
        >
          <input inputMode="decimal" value={draft.minDeflatedSharpe} onChange={(e) => set({ minDeflatedSharpe: e.target.value })} />
        </Field>
        <Select
          label="Gate"
          value={draft.enabled}
          onChange={(enabled) => set({ enabled })}
          options={[
            ["on", "On: evidence is asked for"],
            ["off", "Off: any agent may leave paper"],
          ]}
        />
      </div>
      <FormFoot
        problem={whole}
        label="Save thresholds"
        pending={save.isPending}
        saved={save.isSuccess ? "Thresholds saved. The change is in the audit log." : null}
      />
    </form>
  );
}
