"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { RightFields } from "@/components/members/right-fields";
import { Field } from "@/components/ui/field";
import { FormFoot } from "@/components/ui/form-foot";
import type { WalletNodeView } from "@/server/api/contract/wallets";

const FIELDS = [
  ["reserve", "Free reserve", "currency", "Cash that no movement takes out of this wallet."],
  ["reservePercent", "Free reserve, share", "%", "Of everything under its master; the larger of the two counts."],
  ["maxAgentPercent", "Most one agent may hold", "%", "Of everything under its master; for this wallet and all under it."],
  ["maxFarmPercent", "Most one farm may hold", "%", "With all that stands under it."],
  ["approvalFrom", "Second person from", "currency", "Movements of this much and more wait until somebody else agrees."],
] as const;

/** Rules that movements of this wallet keep; empty = no such rule. */
export function RulesForm({ node }: { node: WalletNodeView }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>(() => ({
    ...Object.fromEntries(FIELDS.map(([name]) => [name, node.rules[name] ?? ""])),
    cooldown: node.rules.cooldownSeconds === null ? "" : String(node.rules.cooldownSeconds / 60),
  }));
  const save = useMutation(trpc.wallets.setRules.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.wallets.pathKey() }) }));
  const text = (name: string): string | null => draft[name]?.trim() || null;
  const submit = () =>
    save.mutate({
      nodeId: node.row.id,
      rules: {
        reserve: text("reserve"),
        reservePercent: text("reservePercent"),
        maxAgentPercent: text("maxAgentPercent"),
        maxFarmPercent: text("maxFarmPercent"),
        approvalFrom: text("approvalFrom"),
        cooldownSeconds: text("cooldown") === null ? null : Math.round(Number(text("cooldown")) * 60),
      },
    });
  const set = (name: string, value: string) => {
    setDraft({ ...draft, [name]: value });
    save.reset();
  };
  const whole = formMessage(save.error, [...FIELDS.map(([name]) => `rules.${name}`), "rules.cooldownSeconds"]);
  return (
    <section className="card s12" aria-labelledby="rules-h">
      <div className="card-h">
        <h2 id="rules-h">Rules of moving money</h2>
        <span className="sub">they bind people, rebalancings and goals alike</span>
      </div>
      <form
        className="card-b stack g3"
        noValidate
        aria-label="Rules of moving money"
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <RightFields right="own">
          <div className="form-grid">
            {FIELDS.map(([name, label, unit, hint]) => (
              <Field
                key={name}
                label={label}
                hint={hint}
                unit={unit === "%" ? "%" : node.row.currency}
                error={fieldMessage(save.error, `rules.${name}`)}
              >
                <input className="inp" inputMode="decimal" value={draft[name] ?? ""} onChange={(e) => set(name, e.target.value)} />
              </Field>
            ))}
            <Field
              label="Pause between movements"
              unit="min"
              hint="Market time, of each wallet under this one."
              error={fieldMessage(save.error, "rules.cooldownSeconds")}
            >
              <input className="inp" inputMode="decimal" value={draft.cooldown ?? ""} onChange={(e) => set("cooldown", e.target.value)} />
            </Field>
          </div>
          <FormFoot
            problem={whole}
            label="Save rules"
            pending={save.isPending}
            saved={save.isSuccess ? "Rules saved. They hold from the next movement on." : null}
          />
        </RightFields>
      </form>
    </section>
  );
}
