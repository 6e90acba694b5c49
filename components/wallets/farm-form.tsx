"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { fieldMessage, formMessage } from "@/components/format/field-message";
import { fromDraft, type Limits, toDraft } from "@/components/models/limits-draft";
import { LaterLimitFields } from "@/components/risk/later-limit-fields";
import { LIMIT_GROUPS } from "@/components/risk/later-limits";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { WalletNodeView } from "@/server/api/contract/wallets";
import { STRATEGY_WORDS } from "./wallet-words";

type TradingState = "active" | "reducing" | "halted";
type Strategy = "momentum" | "arbitrage" | "mean-reversion" | "custom";
const STATES = [
  ["active", "Active: agents trade within their limits"],
  ["reducing", "Reducing: only orders that reduce"],
  ["halted", "Halted: no orders"],
] as const;
const FIELDS = [
  ["maxOrderNotional", "Largest order", "Value of one order of an agent under it. Empty: no limit."],
  ["maxPositionNotional", "Largest position", "Held in one market by all agents under it together."],
  ["maxDailyLoss", "Largest loss a day", "Of all agents under it together; after it, only orders that reduce."],
  ["maxOrdersPerHour", "Orders an hour", "Of all agents under it together."],
  ["allowedSymbols", "Allowed markets", "Like BTC/USDT, DOGE/USDT. Empty: every market."],
] as const;

/** Limits and trading state of a farm: they bind every agent under it, at any depth, beside the agents' own and the workspace's. */
export function FarmForm({ node }: { node: WalletNodeView }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState(() => toDraft(node.limits as unknown as Limits, "0"));
  const [state, setState] = useState<TradingState>(node.row.tradingState as TradingState);
  const [strategy, setStrategy] = useState<Strategy>((node.row.strategy ?? "custom") as Strategy);
  const save = useMutation(trpc.wallets.setFarm.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.wallets.pathKey() }) }));
  const whole = formMessage(save.error, [
    ...FIELDS.map(([name]) => `limits.${name}`),
    ...LIMIT_GROUPS.flatMap((g) => g.fields.map((f) => `limits.${f.name}`)),
  ]);
  return (
    <section className="card s12" aria-labelledby="farm-h">
      <div className="card-h">
        <h2 id="farm-h">Limits of this farm</h2>
        <span className="sub">they bind every agent under it, at any depth</span>
      </div>
      <form
        className="card-b stack g3"
        noValidate
        aria-label="Limits of this farm"
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate({ nodeId: node.row.id, limits: fromDraft(draft).limits, tradingState: state, strategy });
        }}
      >
        <div className="form-grid">
          <Select label="Trading" value={state} onChange={(s) => setState(s as TradingState)} options={STATES} />
          <Select label="Strategy" value={strategy} onChange={(s) => setStrategy(s as Strategy)} options={Object.entries(STRATEGY_WORDS)} />
          {FIELDS.map(([name, label, hint]) => (
            <Field key={name} label={label} hint={hint} error={fieldMessage(save.error, `limits.${name}`)}>
              <input
                className="inp"
                inputMode={name === "allowedSymbols" ? "text" : "decimal"}
                value={draft[name]}
                onChange={(e) => {
                  setDraft({ ...draft, [name]: e.target.value });
                  save.reset();
                }}
              />
            </Field>
          ))}
        </div>
        <LaterLimitFields
          draft={draft.later}
          set={(later) => {
            setDraft({ ...draft, later });
            save.reset();
          }}
          error={(path) => fieldMessage(save.error, path)}
          currency={node.row.currency}
        />
        {whole && (
          <p className="err" role="alert">
            {whole}
          </p>
        )}
        <div className="row wrap">
          <button type="submit" className="btn" disabled={save.isPending}>
            {save.isPending ? "Saving…" : "Save limits"}
          </button>
          {save.isSuccess && (
            <span className="gain fs12" role="status">
              Limits saved. They hold from the next order on.
            </span>
          )}
        </div>
      </form>
    </section>
  );
}
