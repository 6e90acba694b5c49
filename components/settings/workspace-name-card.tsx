"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";

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
        <FormFoot
          problem={formMessage(save.error, ["name"])}
          label="Save name"
          pending={save.isPending}
          disabled={name.trim() === "" || name.trim() === stored}
          saved={save.isSuccess ? "Saved" : null}
        />
      </form>
    </section>
  );
}
