"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Money } from "@/components/format/number";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { WalletRowView } from "@/server/api/contract/wallets";

const useDone = (onClose: () => void) => {
  const cache = useQueryClient();
  return {
    onSuccess: () => {
      void cache.invalidateQueries();
      onClose();
    },
  };
};

/** Puts a wallet, with all under it and its money, under another one. */
export function PlaceDialog({ rows, node, onClose }: { rows: readonly WalletRowView[]; node: WalletRowView; onClose: () => void }) {
  const trpc = useTRPC();
  const choices = rows.filter((r) => !r.closed && r.id !== node.id && (r.kind === "treasury" || r.kind === "farm"));
  const [parentId, setParentId] = useState(node.parentId ?? "");
  const place = useMutation(trpc.wallets.place.mutationOptions(useDone(onClose)));
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Move ${node.name}`}
      description="For an owner. It goes with all that stands under it and with its money; limits and rules above it change with its place."
    >
      <div className="stack g3" style={{ marginTop: 12 }}>
        <Select
          label="Under"
          value={parentId}
          onChange={(id) => {
            setParentId(id);
            place.reset();
          }}
          options={choices.map((c) => [c.id, c.name] as const)}
          error={fieldMessage(place.error, "parentId") ?? formMessage(place.error, ["parentId"])}
        />
        <p className="t3 fs12">
          Moves <Money value={node.equity} unit={node.currency} /> out of one part of the tree and into another; the total stays.
        </p>
        <div className="dlg-f" style={{ margin: "4px -20px -16px" }}>
          <DialogClose className="btn">Keep it where it is</DialogClose>
          <button
            type="button"
            className="btn pri"
            disabled={place.isPending || parentId === node.parentId}
            onClick={() => place.mutate({ nodeId: node.id, parentId })}
          >
            Move wallet
          </button>
        </div>
      </div>
    </Dialog>
  );
}

export function RenameOrClose({ node, what, onClose }: { node: WalletRowView; what: "rename" | "close"; onClose: () => void }) {
  const trpc = useTRPC();
  const [name, setName] = useState(node.name);
  const after = useDone(onClose);
  const rename = useMutation(trpc.wallets.rename.mutationOptions(after));
  const close = useMutation(trpc.wallets.close.mutationOptions(after));
  const whole = formMessage(rename.error ?? close.error, ["name"]);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={what === "rename" ? `Rename ${node.name}` : `Close ${node.name}`}
      description={
        what === "rename"
          ? "The statement keeps every movement of it."
          : "Only a wallet without money and without open wallets under it can be closed. Its movements stay in the statement."
      }
    >
      <form
        className="stack g3"
        style={{ marginTop: 12 }}
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (what === "rename") rename.mutate({ nodeId: node.id, name });
          else close.mutate({ nodeId: node.id });
        }}
      >
        {what === "rename" && (
          <Field label="Name" error={fieldMessage(rename.error, "name")}>
            <input className="inp" maxLength={60} value={name} onChange={(e) => setName(e.target.value)} />
          </Field>
        )}
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="dlg-f" style={{ margin: "4px -20px -16px" }}>
          <DialogClose className="btn">Keep as it is</DialogClose>
          <button type="submit" className="btn pri" disabled={rename.isPending || close.isPending}>
            {what === "rename" ? "Rename" : "Close wallet"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
