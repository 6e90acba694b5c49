"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Field } from "@/components/ui/field";

/** The workspace's name: what members see in their list of workspaces. */
export function WorkspaceNameCard({ name: stored }: { name: string }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [name, setName] = useState(stored);
  const save = useMutation(
    trpc.workspace.rename.mutationOptions({
      onSuccess: async () => {
        await cache.invalidateQueries({ queryKey: trpc.account.pathKey() });
        await cache.invalidateQueries({ queryKey: trpc.me.pathKey() });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name });
  };
  const whole = formMessage(save.error, ["name"]);
  return (
    <section className="card s6" aria-labelledby="ws-name-h">
      <div className="card-h">
        <h2 id="ws-name-h">Workspace</h2>
      </div>
      <form className="card-b stack g3" onSubmit={submit} noValidate>
        <Field
          label="Name"
          hint="Members see it in their list of workspaces, invited people in their invitation."
          error={fieldMessage(save.error, "name")}
        >
          <input
            value={name}
            maxLength={60}
            onChange={(e) => {
              setName(e.target.value);
              save.reset();
            }}
          />
        </Field>
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="row">
          <button type="submit" className="btn" disabled={save.isPending || name.trim() === "" || name.trim() === stored}>
            {save.isPending ? "Saving…" : "Save name"}
          </button>
          <span role="status" className="t3 fs12">
            {save.isSuccess ? "Saved" : ""}
          </span>
        </div>
      </form>
    </section>
  );
}
