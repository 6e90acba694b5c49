"use client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { RoleChoice } from "./role-choice";
import type { Role } from "./role-words";
import { useMembersChange } from "./use-members-change";

const DAYS = ["1", "7", "30"].map((d) => [d, d === "1" ? "1 day" : `${d} days`] as const);

/** Invites a wallet address: whoever signs in with it may join. */
export function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const trpc = useTRPC();
  const changed = useMembersChange();
  const [address, setAddress] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [days, setDays] = useState("7");
  const [chain, setChain] = useState("1");
  const invite = useMutation(
    trpc.members.invite.mutationOptions({
      onSuccess: async () => {
        await changed();
        change(false);
      },
    }),
  );
  const change = (next: boolean) => {
    if (!next) {
      setAddress("");
      invite.reset();
    }
    onOpenChange(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ address, role, expiresInDays: Number(days), chainId: Number(chain) || 0 });
  };
  const whole = formMessage(invite.error, ["address", "chainId"]);
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="Invite a wallet address"
      description="Nothing is sent. Whoever signs in here with this address sees the invitation and can join."
    >
      <form className="stack g4" onSubmit={submit} noValidate style={{ marginTop: 12 }}>
        <Field label="Wallet address" error={fieldMessage(invite.error, "address")}>
          <input
            className="inp mono"
            value={address}
            autoComplete="off"
            spellCheck={false}
            placeholder="0x…"
            onChange={(e) => setAddress(e.target.value)}
          />
        </Field>
        <RoleChoice value={role} onChange={setRole} />
        <Select label="Open for" value={days} onChange={setDays} options={DAYS} />
        <Field
          label="Chain id"
          hint="1 for every ordinary wallet. A contract wallet is somebody only on its own chain: give that one."
          error={fieldMessage(invite.error, "chainId")}
        >
          <input className="inp" inputMode="numeric" value={chain} onChange={(e) => setChain(e.target.value)} />
        </Field>
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="row" style={{ justifyContent: "flex-end" }}>
          <button type="button" className="btn" onClick={() => change(false)}>
            Cancel
          </button>
          <button type="submit" className="btn pri" disabled={invite.isPending || address.trim() === ""}>
            {invite.isPending ? "Inviting…" : "Invite"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
