"use client";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { formatDecimal } from "@/components/format/decimal-text";
import { formMessage } from "@/components/format/field-message";
import { Money } from "@/components/format/number";
import { useRefusal } from "@/components/members/rights";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { ErrorNote } from "@/components/ui/states";
import type { WalletRowView } from "@/server/api/contract/wallets";
import { PreviewTable } from "./preview-table";
import { POLICY_WORDS } from "./wallet-words";

type Policy = "equal" | "target" | "inverse-volatility" | "risk-parity" | "performance" | "goals";
type Schedule = "off" | "daily" | "weekly";

/** Shares a wallet's money among those right under it: a dry run first, by hand or by itself. */
export function RebalanceDialog({ node, onClose }: { node: WalletRowView; onClose: () => void }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [policy, setPolicy] = useState<Policy>("equal");
  const [band, setBand] = useState("2");
  const [least, setLeast] = useState("0");
  const [most, setMost] = useState("100");
  const [useFree, setUseFree] = useState(false);
  const [weights, setWeights] = useState<Readonly<Record<string, string>>>({});
  const [schedule, setSchedule] = useState<Schedule>("off");
  const [apply, setApply] = useState(false);
  const owns = useRefusal("own") === null;
  const under = useQuery(trpc.wallets.children.queryOptions({ nodeId: node.id }));
  const wallets = (under.data?.rows ?? []).filter((r) => r.kind === "agent" || r.kind === "farm");
  const params = {
    policy,
    bandPercent: number(band, 2),
    minPercent: number(least, 0),
    maxPercent: number(most, 100),
    useFree,
    weights: policy === "target" ? Object.fromEntries(wallets.map((w) => [w.id, number(weights[w.id] ?? "1", 0)])) : {},
  };
  const preview = useQuery(
    trpc.wallets.rebalancePreview.queryOptions(
      { nodeId: node.id, params },
      { retry: false, placeholderData: keepPreviousData, enabled: under.isSuccess },
    ),
  );
  const done = () => {
    void cache.invalidateQueries();
    onClose();
  };
  const run = useMutation(trpc.wallets.rebalance.mutationOptions({ onSuccess: done }));
  const set = useMutation(trpc.wallets.setRebalance.mutationOptions({ onSuccess: done }));
  const plan = preview.error ? undefined : preview.data;
  const moving = plan && plan.preview.rows.length > 0 && plan.preview.refusal === null;
  const total = plan ? plan.wallets.reduce((s, w) => s + Math.max(0, Number(w.move)), 0) : 0;
  const whole = formMessage(run.error ?? set.error, []);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Rebalance ${node.name}`}
      description="Shares money among the wallets right under it. Money in positions stays; vaults are left alone."
    >
      <div className="stack g3" style={{ marginTop: 12 }}>
        <Select
          label="Policy"
          value={policy}
          onChange={(p) => setPolicy(p as Policy)}
          options={Object.entries(POLICY_WORDS).map(([id, w]) => [id, w.name] as const)}
        />
        <p className="hint">{POLICY_WORDS[policy]?.says}</p>
        {policy === "target" && (
          <div className="form-grid">
            {wallets.map((w) => (
              <Field key={w.id} label={`Share of ${w.name}`}>
                <input
                  className="inp"
                  inputMode="decimal"
                  value={weights[w.id] ?? "1"}
                  onChange={(e) => setWeights({ ...weights, [w.id]: e.target.value })}
                />
              </Field>
            ))}
          </div>
        )}
        <div className="form-grid">
          <Field label="Band" unit="%" hint="Who is off by less stays.">
            <input className="inp" inputMode="decimal" value={band} onChange={(e) => setBand(e.target.value)} />
          </Field>
          <Field label="At least" unit="%">
            <input className="inp" inputMode="decimal" value={least} onChange={(e) => setLeast(e.target.value)} />
          </Field>
          <Field label="At most" unit="%">
            <input className="inp" inputMode="decimal" value={most} onChange={(e) => setMost(e.target.value)} />
          </Field>
        </div>
        <label className="row g2 fs12">
          <input type="checkbox" checked={useFree} onChange={(e) => setUseFree(e.target.checked)} />
          share out what is free in {node.name}, too
        </label>
        {preview.error && <ErrorNote error={preview.error} what="No rebalancing can be planned" />}
        {plan && plan.preview.rows.length === 0 && <p className="note">Every wallet is within its band: nothing would move.</p>}
        {plan && plan.preview.rows.length > 0 && (
          <>
            <PreviewTable preview={plan.preview} />
            <p className="fs12 t2">
              {(plan.turnover * 100).toFixed(2)} % of the money changes its wallet. Putting it to work costs about{" "}
              <Money value={plan.cost} unit={node.currency} /> in fees and spread.
            </p>
            {plan.preview.refusal && (
              <p className="err" role="alert">
                {plan.preview.refusal.message}
              </p>
            )}
            {plan.preview.needsApproval && <p className="note info">This is large: it is proposed, and a second person must agree.</p>}
          </>
        )}
        <fieldset className="form-grid">
          <legend className="lbl">By itself</legend>
          <Select
            label="When, market time"
            value={schedule}
            onChange={(s) => setSchedule(s as Schedule)}
            options={[
              ["off", "Never"],
              ["daily", "Every day"],
              ["weekly", "Every week"],
            ]}
          />
          <label className="row g2 fs12">
            <input type="checkbox" checked={apply} disabled={!owns} onChange={(e) => setApply(e.target.checked)} />
            move at once; else it is only proposed{owns ? "" : " (only an owner lets it move by itself)"}
          </label>
        </fieldset>
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="dlg-f" style={{ margin: "4px -20px -16px" }}>
          <DialogClose className="btn">Keep as it is</DialogClose>
          <button type="button" className="btn" disabled={set.isPending} onClick={() => set.mutate({ nodeId: node.id, params, schedule, apply })}>
            Save the schedule
          </button>
          <button
            type="button"
            className="btn pri"
            disabled={!moving || run.isPending || preview.isFetching}
            onClick={() => plan && run.mutate({ nodeId: node.id, params, previewHash: plan.preview.hash })}
          >
            {run.isPending ? "Moving…" : `Move ${formatDecimal(total.toFixed(2), 2)} ${node.currency}`}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

const number = (text: string, other: number): number => {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) && value >= 0 ? Math.min(value, 100_000) : other;
};
