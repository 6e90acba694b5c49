"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/api/trpc";
import { RightFields } from "@/components/members/right-fields";
import { type LimitFieldSpec, LimitFields, wholeLimitsMessage } from "@/components/models/limit-fields";
import { fromDraft, type Limits, toDraft } from "@/components/models/limits-draft";
import { FormFoot } from "@/components/ui/form-foot";
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
const FIELDS: readonly LimitFieldSpec[] = [
  {
    name: "maxOrderNotional",
    path: "limits.maxOrderNotional",
    label: "Largest order",
    hint: "Value of one order of an agent under it. Empty: no limit.",
  },
  {
    name: "maxPositionNotional",
    path: "limits.maxPositionNotional",
    label: "Largest position",
    hint: "Held in one market by all agents under it together.",
  },
  {
    name: "maxDailyLoss",
    path: "limits.maxDailyLoss",
    label: "Largest loss a day",
    hint: "Of all agents under it together; after it, only orders that reduce.",
  },
  { name: "maxOrdersPerHour", path: "limits.maxOrdersPerHour", label: "Orders an hour", hint: "Of all agents under it together." },
  { name: "allowedSymbols", path: "limits.allowedSymbols", label: "Allowed markets", hint: "Like BTC/USDT, DOGE/USDT. Empty: every market." },
];

/** Limits and trading state of a farm: they bind every agent under it, at any depth, beside the agents' own and the workspace's. */
export function FarmForm({ node }: { node: WalletNodeView }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [draft, setDraft] = useState(() => toDraft(node.limits as unknown as Limits, "0"));
  const [state, setState] = useState<TradingState>(node.row.tradingState as TradingState);
  const [strategy, setStrategy] = useState<Strategy>((node.row.strategy ?? "custom") as Strategy);
  const save = useMutation(trpc.wallets.setFarm.mutationOptions({ onSuccess: () => cache.invalidateQueries({ queryKey: trpc.wallets.pathKey() }) }));
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
        <RightFields right="own">
          <div className="form-grid">
            <Select label="Trading" value={state} onChange={(s) => setState(s as TradingState)} options={STATES} />
            <Select label="Strategy" value={strategy} onChange={(s) => setStrategy(s as Strategy)} options={Object.entries(STRATEGY_WORDS)} />
          </div>
          <LimitFields
            fields={FIELDS}
            draft={draft}
            set={(next) => {
              setDraft(next);
              save.reset();
            }}
            refusal={save.error}
            currency={node.row.currency}
          />
          <FormFoot
            problem={wholeLimitsMessage(save.error, FIELDS)}
            label="Save limits"
            pending={save.isPending}
            saved={save.isSuccess ? "Limits saved. They hold from the next order on." : null}
          />
        </RightFields>
      </form>
    </section>
  );
}
