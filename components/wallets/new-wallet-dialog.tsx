"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { WalletRowView } from "@/server/api/contract/wallets";
import { STRATEGY_WORDS } from "./wallet-words";

type Kind = "farm" | "vault" | "treasury";
type Strategy = "momentum" | "arbitrage" | "mean-reversion" | "custom";
const KINDS = [
  ["farm", "Farm: holds agents and farms of one strategy"],
  ["vault", "Vault: cash that is not traded"],
  ["treasury", "Master wallet: a tree of its own"],
] as const;

/** A new farm, vault or master wallet. */
export function NewWalletDialog({ rows, parent, onClose }: { rows: readonly WalletRowView[]; parent: WalletRowView | null; onClose: () => void }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const parents = rows.filter((r) => !r.closed && (r.kind === "treasury" || r.kind === "farm"));
  const [kind, setKind] = useState<Kind>("farm");
  const [name, setName] = useState("");
  const [parentId, setParentId] = useState(parent?.id ?? parents[0]?.id ?? "");
  const [strategy, setStrategy] = useState<Strategy>("momentum");
  const [mode, setMode] = useState<"paper" | "live">("paper");
  const [currency, setCurrency] = useState(parents[0]?.currency ?? "USDT");
  const create = useMutation(
    trpc.wallets.create.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries();
        onClose();
      },
    }),
  );
  const submit = () => {
    if (kind === "treasury") create.mutate({ kind, name, mode, currency });
    else if (kind === "farm") create.mutate({ kind, name, parentId, strategy });
    else create.mutate({ kind, name, parentId });
  };
  const whole = formMessage(create.error, ["name", "parentId", "currency"]);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="New wallet"
      description="Paper and live money never mix, and a tree has one currency."
    >
      <form
        className="stack g3"
        style={{ marginTop: 12 }}
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Select label="Kind" value={kind} onChange={(k) => setKind(k as Kind)} options={KINDS} />
        <Field label="Name" error={fieldMessage(create.error, "name")}>
          <input className="inp" maxLength={60} autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />
        </Field>
        {kind !== "treasury" && (
          <Select
            label="Stands under"
            value={parentId}
            onChange={setParentId}
            options={parents.map((p) => [p.id, p.name] as const)}
            error={fieldMessage(create.error, "parentId")}
          />
        )}
        {kind === "farm" && (
          <Select label="Strategy" value={strategy} onChange={(s) => setStrategy(s as Strategy)} options={Object.entries(STRATEGY_WORDS)} />
        )}
        {kind === "treasury" && (
          <>
            <Select
              label="Money"
              value={mode}
              onChange={(m) => setMode(m as typeof mode)}
              options={[
                ["paper", "Paper"],
                ["live", "Live: only records transfers that were made outside"],
              ]}
            />
            <Field label="Currency" hint="Agents trade markets that are quoted in it." error={fieldMessage(create.error, "currency")}>
              <input className="inp" maxLength={12} value={currency} onChange={(e) => setCurrency(e.target.value.toUpperCase())} />
            </Field>
          </>
        )}
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="dlg-f" style={{ margin: "4px -20px -16px" }}>
          <DialogClose className="btn">Keep as it is</DialogClose>
          <button type="submit" className="btn pri" disabled={create.isPending || name.trim() === ""}>
            {create.isPending ? "Making…" : "Make wallet"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
