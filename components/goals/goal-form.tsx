"use client";
import { type FormEvent, useState } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { GoalDraftInput, GoalNodeView } from "@/server/api/contract/goals";

const DAY_MS = 86_400_000;
const KINDS = [
  ["profit", "Profit target"],
  ["balance", "Balance target"],
  ["drawdown", "Drawdown ceiling"],
  ["return", "Return per period"],
  ["income", "Income per period"],
  ["win-rate", "Win rate"],
  ["sharpe", "Sharpe ratio (a year)"],
  ["volume", "Traded volume"],
] as const;
const UNITS: Readonly<Record<string, GoalDraftInput["unit"]>> = {
  balance: "quote",
  drawdown: "percent",
  return: "percent",
  income: "quote",
  "win-rate": "percent",
  sharpe: "ratio",
  volume: "quote",
};
const AFTER = [
  ["continue", "goes on"],
  ["reduce-only", "only sells what is held"],
  ["stop", "stops the agents"],
  ["raise", "raises the target"],
] as const;
const COLLECT = [
  ["none", "nothing"],
  ["profit", "the profit"],
  ["share", "a share of the profit"],
  ["all", "all free cash"],
] as const;

/** The same draft that a sentence makes, field by field. */
export function GoalForm({ nodes, now, onReady }: { nodes: readonly GoalNodeView[]; now: number; onReady: (draft: GoalDraftInput) => void }) {
  const [f, setF] = useState({
    nodeId: nodes[0]?.id ?? "",
    kind: "profit" as GoalDraftInput["kind"],
    unit: "percent" as GoalDraftInput["unit"],
    target: "5",
    period: "week" as "day" | "week" | "month",
    lastDay: "",
    priority: "3",
    after: "continue" as "continue" | "reduce-only" | "stop" | "raise",
    raisePercent: "10",
    collect: "none" as "none" | "profit" | "share" | "all",
    collectPercent: "50",
    collectTo: "",
    closeFirst: false,
    trim: false,
    adaptive: false,
    mayApply: false,
  });
  const set = (part: Partial<typeof f>) => setF({ ...f, ...part });
  const unit = f.kind === "profit" ? f.unit : (UNITS[f.kind] ?? "percent");
  const recurring = f.kind === "return" || f.kind === "income";
  const collects = ["profit", "balance", "return", "income"].includes(f.kind);
  const currency = nodes.find((n) => n.id === f.nodeId)?.currency ?? "";
  const amountOk = /^\d{1,15}([.]\d{1,8})?$/.test(f.target.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!amountOk || f.nodeId === "") return;
    onReady({
      nodeId: f.nodeId,
      kind: f.kind,
      unit,
      target: f.target.trim(),
      period: recurring ? f.period : null,
      deadline: f.lastDay === "" ? null : Date.parse(`${f.lastDay}T00:00:00Z`) + DAY_MS,
      priority: Number(f.priority),
      onAchieved: {
        after: f.after,
        raisePercent: f.after === "raise" ? f.raisePercent.trim() : null,
        collect: collects ? f.collect : "none",
        collectPercent: f.collect === "share" && collects ? f.collectPercent.trim() : null,
        collectTo: collects && f.collect !== "none" && f.collectTo !== "" ? f.collectTo : null,
        closeFirst: f.closeFirst && (f.after === "stop" || (collects && f.collect !== "none")),
      },
      trim: f.kind === "drawdown" && f.trim,
      adaptive: f.adaptive,
      mayApply: f.mayApply,
    });
  };
  return (
    <form className="stack g3" aria-label="Goal by form" onSubmit={submit} noValidate>
      <div className="form-grid">
        <Select
          label="Of"
          value={f.nodeId}
          options={nodes.map((n) => [n.id, `${n.name} (${n.kind})`] as const)}
          onChange={(nodeId) => set({ nodeId })}
        />
        <Select label="Kind" value={f.kind} options={KINDS} onChange={(kind) => set({ kind: kind as typeof f.kind })} />
        <Field
          label="Target"
          unit={unit === "percent" ? "%" : unit === "quote" ? currency : "a year"}
          error={f.target.trim() === "" || amountOk ? null : "A plain number like 5 or 250.50."}
        >
          <input type="text" inputMode="decimal" value={f.target} onChange={(e) => set({ target: e.target.value })} />
        </Field>
        {f.kind === "profit" && (
          <Select
            label="Counted in"
            value={f.unit}
            options={[
              ["percent", "per cent"],
              ["quote", currency],
            ]}
            onChange={(u) => set({ unit: u as typeof f.unit })}
          />
        )}
        {recurring && (
          <Select
            label="Every"
            value={f.period}
            options={[
              ["day", "day"],
              ["week", "week"],
              ["month", "month"],
            ]}
            onChange={(period) => set({ period: period as typeof f.period })}
          />
        )}
        <Field label="Last day (UTC, market time)" hint={`Empty: no end. Today is ${new Date(now).toISOString().slice(0, 10)}.`}>
          <input type="date" value={f.lastDay} onChange={(e) => set({ lastDay: e.target.value })} />
        </Field>
        <Select
          label="Priority"
          value={f.priority}
          options={["1", "2", "3", "4", "5"].map((p) => [p, p === "1" ? "1 (first)" : p] as const)}
          onChange={(priority) => set({ priority })}
        />
        {f.kind !== "drawdown" && (
          <Select label="Once reached, it" value={f.after} options={AFTER} onChange={(after) => set({ after: after as typeof f.after })} />
        )}
        {f.kind !== "drawdown" && f.after === "raise" && (
          <Field label="Raised by" unit="%">
            <input type="text" inputMode="decimal" value={f.raisePercent} onChange={(e) => set({ raisePercent: e.target.value })} />
          </Field>
        )}
        {collects && (
          <Select label="And collects" value={f.collect} options={COLLECT} onChange={(collect) => set({ collect: collect as typeof f.collect })} />
        )}
        {collects && f.collect === "share" && (
          <Field label="Share of the profit" unit="%">
            <input type="text" inputMode="decimal" value={f.collectPercent} onChange={(e) => set({ collectPercent: e.target.value })} />
          </Field>
        )}
        {collects && f.collect !== "none" && (
          <Select
            label="Into"
            value={f.collectTo}
            options={[["", "the wallet above it"] as const, ...nodes.filter((n) => n.id !== f.nodeId).map((n) => [n.id, n.name] as const)]}
            onChange={(collectTo) => set({ collectTo })}
          />
        )}
      </div>
      <Check
        label="Sell first what is held, so that its money can be collected"
        checked={f.closeFirst}
        onChange={(closeFirst) => set({ closeFirst })}
        shown={collects}
      />
      <Check
        label="Sell what is invested beyond the room that is left, instead of only buying no more"
        checked={f.trim}
        onChange={(trim) => set({ trim })}
        shown={f.kind === "drawdown"}
      />
      <Check
        label="Let the threshold follow volatility (within half and one and a half times; a ceiling only narrower)"
        checked={f.adaptive}
        onChange={(adaptive) => set({ adaptive })}
        shown={["profit", "drawdown", "return", "income"].includes(f.kind)}
      />
      <Check label="Capital may be moved by goals without asking again" checked={f.mayApply} onChange={(mayApply) => set({ mayApply })} shown />
      <div>
        <button type="submit" className="btn pri" disabled={!amountOk || f.nodeId === ""}>
          Look at it
        </button>
        {f.nodeId === "" && <span className="fs12 t3"> there is no wallet that could have a goal</span>}
      </div>
    </form>
  );
}

const Check = ({ label, checked, onChange, shown }: { label: string; checked: boolean; onChange: (checked: boolean) => void; shown: boolean }) =>
  shown ? (
    <label className="row g2">
      <input type="checkbox" checked={checked} onChange={(e) => onChange(e.target.checked)} />
      <span>{label}</span>
    </label>
  ) : null;
