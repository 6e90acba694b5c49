"use client";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { apiError } from "@/components/api/api-error";
import { useTRPC } from "@/components/api/trpc";
import { formatDecimal, isDecimal } from "@/components/format/decimal-text";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { Money } from "@/components/format/number";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { WalletRowView } from "@/server/api/contract/wallets";
import { PreviewTable } from "./preview-table";
import { newKey } from "./wallet-words";

export type MoveKind = "deposit" | "withdraw" | "allocate" | "recall" | "collect";
const TITLES: Readonly<Record<MoveKind, string>> = {
  deposit: "Deposit",
  withdraw: "Withdraw",
  allocate: "Allocate",
  recall: "Recall",
  collect: "Collect",
};
const VERBS: Readonly<Record<MoveKind, string>> = {
  deposit: "Deposit",
  withdraw: "Withdraw",
  allocate: "Move",
  recall: "Recall",
  collect: "Collect",
};

type Props = {
  readonly kind: MoveKind;
  readonly rows: readonly WalletRowView[];
  /** The wallet whose menu asked for it. */
  readonly node: WalletRowView;
  readonly onClose: () => void;
};

/** Moves money between two wallets, or from and to outside: every posting is shown first, and what was shown is what is done. */
export function MoveDialog({ kind, rows, node, onClose }: Props) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const choices = otherEnds(kind, rows, node);
  const [other, setOther] = useState(choices[0]?.id ?? "");
  const [amount, setAmount] = useState("");
  const [why, setWhy] = useState("");
  const [closing, setClosing] = useState(false);
  const [key, setKey] = useState(newKey);
  const { fromNodeId, toNodeId } = endsOf(kind, node.id, other);
  const typed = amount.trim();
  const ready = isDecimal(typed) && (kind === "deposit" || kind === "withdraw" || other !== "");
  const preview = useQuery(
    trpc.wallets.preview.queryOptions(
      { orders: [{ kind, fromNodeId, toNodeId, amount: ready ? typed : "0" }] },
      { enabled: ready, placeholderData: keepPreviousData, retry: false },
    ),
  );
  const after = {
    onSuccess: () => {
      void cache.invalidateQueries();
      onClose();
    },
  };
  const move = useMutation(trpc.wallets.move.mutationOptions(after));
  const recall = useMutation(trpc.wallets.recall.mutationOptions(after));
  const error = move.error ?? recall.error;
  const needs = error && apiError(error).code === "NEEDS_CLOSING" ? apiError(error) : null;
  const busy = move.isPending || recall.isPending;
  const changed = () => {
    setKey(newKey());
    move.reset();
    recall.reset();
    setClosing(false);
  };
  const submit = () => {
    if (kind === "recall" && fromNodeId !== null && toNodeId !== null)
      recall.mutate({ fromNodeId, toNodeId, amount: typed, why, key, closePositions: closing });
    else move.mutate({ kind, fromNodeId, toNodeId, amount: typed, why, key, ...(preview.data ? { previewHash: preview.data.hash } : {}) });
  };
  const shown = ready ? preview.data : undefined;
  const refusal = shown?.refusal ?? null;
  const mayClose =
    kind === "recall" && refusal?.code === "INSUFFICIENT_FUNDS" && Number(refusal.data?.inPositions ?? 0) + Number(refusal.data?.reserved ?? 0) > 0;
  const problem = fieldMessage(error, "amount") ?? (refusal && !mayClose ? refusal.message : null) ?? fieldMessage(preview.error, "orders");
  const whole = needs ? null : formMessage(error, ["amount"]);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`${TITLES[kind]}: ${node.name}`}
      description={meaning(kind, node)}
    >
      <form
        className="stack g3"
        style={{ marginTop: 12 }}
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          if (ready) submit();
        }}
      >
        {choices.length > 0 && (
          <Select
            label={kind === "allocate" ? "To" : "Into"}
            value={other}
            onChange={(id) => {
              setOther(id);
              changed();
            }}
            options={choices.map((c) => [c.id, `${"  ".repeat(Math.max(0, c.depth))}${c.name}`] as const)}
          />
        )}
        <Field label="Amount" unit={node.currency} error={problem}>
          <input
            className="inp"
            inputMode="decimal"
            autoComplete="off"
            value={amount}
            onChange={(e) => {
              setAmount(e.target.value);
              changed();
            }}
          />
        </Field>
        <Field label="Why" hint="Stands in the statement and in the audit log.">
          <input className="inp" maxLength={200} value={why} onChange={(e) => setWhy(e.target.value)} />
        </Field>
        {shown && <PreviewTable preview={shown} />}
        {shown?.needsApproval && <p className="note info">This is large: nothing moves until a second person agrees.</p>}
        {(mayClose || needs) && (
          <label className="note warn row g2" style={{ alignItems: "flex-start" }}>
            <input
              type="checkbox"
              checked={closing}
              onChange={(e) => {
                setClosing(e.target.checked);
                recall.reset();
              }}
            />
            <span>
              <b className="med">{needs?.message ?? refusal?.message}</b> Close its positions: all it holds is sold at market prices, it opens nothing
              new until the money has come, and what came free is recalled.
            </span>
          </label>
        )}
        {whole && (
          <p className="err" role="alert">
            {whole} Nothing was moved.
          </p>
        )}
        <div className="dlg-f" style={{ margin: "4px -20px -16px" }}>
          <DialogClose className="btn">Keep as it is</DialogClose>
          <button type="submit" className="btn pri" disabled={busy || !ready || (refusal !== null && !(mayClose && closing))}>
            {busy ? "Moving…" : `${VERBS[kind]} ${ready ? formatDecimal(typed, 2) : ""} ${node.currency}`}
          </button>
        </div>
      </form>
      <p className="t3 fs12" style={{ marginTop: 20 }}>
        Free in {node.name}: <Money value={node.free} unit={node.currency} />
        {node.balance !== node.free && " after its reserve"}
      </p>
    </Dialog>
  );
}

function meaning(kind: MoveKind, node: WalletRowView): string {
  if (node.mode === "live" && (kind === "deposit" || kind === "withdraw"))
    return "Live money: this records a transfer that was made outside. It cannot be taken back here.";
  if (kind === "deposit") return "Paper money from outside into this master wallet.";
  if (kind === "withdraw") return "Paper money out of this master wallet.";
  if (kind === "allocate") return "Down the tree, or to a wallet beside it. Money in positions and on hold stays where it is.";
  return "Up the tree. Money in positions is never moved away without asking.";
}

function endsOf(kind: MoveKind, nodeId: string, other: string): { fromNodeId: string | null; toNodeId: string | null } {
  if (kind === "deposit") return { fromNodeId: null, toNodeId: nodeId };
  return { fromNodeId: nodeId, toNodeId: kind === "withdraw" ? null : other };
}

/** Where money of a wallet may go: all others of its tree below and beside it, or those above it. */
function otherEnds(kind: MoveKind, rows: readonly WalletRowView[], node: WalletRowView): readonly WalletRowView[] {
  if (kind === "deposit" || kind === "withdraw") return [];
  const byId = new Map(rows.map((r) => [r.id, r]));
  const above: WalletRowView[] = [];
  for (let at = byId.get(node.parentId ?? ""); at; at = byId.get(at.parentId ?? "")) above.push(at);
  const root = (row: WalletRowView): string => {
    let at = row;
    for (let up = byId.get(at.parentId ?? ""); up; up = byId.get(at.parentId ?? "")) at = up;
    return at.id;
  };
  const open = rows.filter((r) => !r.closed && r.id !== node.id && root(r) === root(node));
  if (kind === "recall") return above;
  if (kind === "collect") return [...above, ...open.filter((r) => r.kind === "vault")];
  return open.filter((r) => !above.includes(r));
}
