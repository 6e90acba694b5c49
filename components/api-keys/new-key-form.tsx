"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Field } from "@/components/ui/field";
import type { ApiKeyView } from "@/server/api/contract";
import { SCOPES } from "./key-state";

type Scope = ApiKeyView["scopes"][number];
const EXPIRY_DAYS = [7, 30, 90, 365];

/** Name, rights and expiry of a new key. */
export function NewKeyForm({ onMade, onCancel }: { onMade: (key: string) => void; onCancel: () => void }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [days, setDays] = useState(30);
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: async ({ key }) => {
        onMade(key);
        await cache.invalidateQueries({ queryKey: trpc.apiKeys.list.queryKey() });
      },
    }),
  );
  const toggle = (scope: Scope, on: boolean) => setScopes(on ? [...scopes, scope] : scopes.filter((s) => s !== scope));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, scopes: [...scopes], expiresInDays: days });
  };
  const scopeError = fieldMessage(create.error, "scopes");
  const whole = formMessage(create.error, ["name", "scopes", "expiresInDays"]);
  return (
    <form className="stack g4" onSubmit={submit} noValidate style={{ marginTop: 12 }}>
      <Field label="Name" hint="Where you will use it, so that you know it later." error={fieldMessage(create.error, "name")}>
        <input value={name} maxLength={60} onChange={(e) => setName(e.target.value)} />
      </Field>
      <fieldset className="stack g2">
        <legend className="lbl">Rights</legend>
        {SCOPES.map(({ scope, label, hint }) => (
          <label key={scope} className="row-t">
            <input type="checkbox" checked={scopes.includes(scope)} onChange={(e) => toggle(scope, e.target.checked)} style={{ marginTop: 3 }} />
            <span>
              <span className="med">{label}</span> <span className="hint">{hint}</span>
            </span>
          </label>
        ))}
        {scopeError && (
          <p className="err" role="alert">
            {scopeError}
          </p>
        )}
      </fieldset>
      <div className="field">
        <label htmlFor="key-expiry">Expires after</label>
        <select id="key-expiry" className="inp" value={days} onChange={(e) => setDays(Number(e.target.value))}>
          {EXPIRY_DAYS.map((d) => (
            <option key={d} value={d}>
              {d} days
            </option>
          ))}
        </select>
      </div>
      {whole && (
        <p className="err" role="alert">
          {whole}
        </p>
      )}
      <div className="row" style={{ justifyContent: "flex-end" }}>
        <button type="button" className="btn" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="btn pri" disabled={create.isPending || name.trim() === "" || scopes.length === 0}>
          {create.isPending ? "Creating…" : "Create key"}
        </button>
      </div>
    </form>
  );
}
