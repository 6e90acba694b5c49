"use client";
import { useMutation } from "@tanstack/react-query";
import { signOut } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { ErrorNote } from "@/components/ui/states";

const WORD = "DELETE";

/** Deletes after the word was typed; then this browser is signed out too. */
export function DeleteAccountDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const erase = useMutation(trpc.account.delete.mutationOptions({ onSuccess: () => void signOut({ callbackUrl: "/sign-in" }) }));
  const change = (next: boolean) => {
    if (!next) {
      setTyped("");
      erase.reset();
    }
    onOpenChange(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === WORD) erase.mutate({ confirm: WORD });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="Delete this account?"
      description="Everything you wrote and every record that is yours alone is erased. Nobody can bring it back: download your data first if you want to keep them."
    >
      <form className="stack g3" onSubmit={submit} style={{ marginTop: 12 }}>
        <Field label={`Type ${WORD} to go on`}>
          <input
            className="inp mono"
            value={typed}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            onChange={(e) => setTyped(e.target.value)}
          />
        </Field>
        {erase.error && <ErrorNote error={erase.error} what="The account was not deleted" />}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <button type="button" className="btn" data-safe onClick={() => change(false)}>
            Keep the account
          </button>
          <button type="submit" className="btn dan" disabled={typed !== WORD || erase.isPending || erase.isSuccess}>
            {erase.isPending || erase.isSuccess ? "Deleting…" : "Delete the account"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
