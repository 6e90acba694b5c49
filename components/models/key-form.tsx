"use client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import type { ModelsView } from "@/server/api/contract";
import { KeyTestResult } from "./key-test-result";

type Provider = ModelsView["providers"][number];

/** Paste a key, try it, and save it. Saving needs an accepted test of exactly this key, so that a typing error shows now and not at night. */
export function KeyForm({ provider, onSaved }: { provider: Provider; onSaved: () => void }) {
  const trpc = useTRPC();
  const [key, setKey] = useState("");
  const [model, setModel] = useState(provider.models[0]?.id ?? "");
  const test = useMutation(trpc.models.test.mutationOptions());
  const save = useMutation(
    trpc.models.setKey.mutationOptions({
      onSuccess: () => {
        setKey("");
        test.reset();
        onSaved();
      },
    }),
  );
  const accepted = test.data?.accepted === true && test.variables?.key === key;
  const keyError = fieldMessage(save.error, "key") ?? fieldMessage(test.error, "key");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (accepted) save.mutate({ provider: provider.provider, key });
    else test.mutate({ provider: provider.provider, model, key });
  };
  return (
    <form className="stack g3" onSubmit={submit} aria-label={`Add a ${provider.label} key`} style={{ maxWidth: 560 }}>
      <div className="field">
        <label htmlFor="model-key">{provider.key ? "New API key" : "API key"}</label>
        <input
          id="model-key"
          className={keyError ? "inp mono bad" : "inp mono"}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(e) => {
            setKey(e.target.value);
            save.reset();
          }}
          aria-invalid={keyError !== null}
          aria-describedby="model-key-hint"
        />
        {keyError && (
          <span className="err" role="alert">
            {keyError}
          </span>
        )}
        <span className="hint" id="model-key-hint">
          Encrypted before it is stored and bound to this workspace. Afterwards only its last characters are shown, to you as well.
          {provider.key ? " Saving replaces the key stored now." : ""}
        </span>
      </div>
      <div className="field">
        <label htmlFor="test-model">Model for the test</label>
        <select id="test-model" className="inp" value={model} onChange={(e) => setModel(e.target.value)}>
          {provider.models.map((m) => (
            <option key={m.id} value={m.id}>
              {m.label}
            </option>
          ))}
        </select>
      </div>
      <KeyTestResult result={test.variables?.key === key ? test.data : undefined} failure={keyError ? null : test.error} />
      {formMessage(save.error, ["key"]) && (
        <p className="err" role="alert">
          {formMessage(save.error, ["key"])}
        </p>
      )}
      {save.isSuccess && key === "" && (
        <p className="gain fs12" role="status">
          Key saved. Agents can use it from their next decision on.
        </p>
      )}
      <div className="row wrap">
        <button
          type="button"
          className="btn"
          disabled={key.length < 20 || test.isPending}
          onClick={() => test.mutate({ provider: provider.provider, model, key })}
        >
          {test.isPending ? "Testing…" : "Test key"}
        </button>
        <button type="submit" className="btn pri" disabled={!accepted || save.isPending} aria-describedby="save-why">
          {save.isPending ? "Saving…" : "Save key"}
        </button>
        <span className="hint" id="save-why">
          {accepted ? "The provider accepts this key." : "Test the key first: the test is one short call and its cost counts against today’s budget."}
        </span>
      </div>
    </form>
  );
}
