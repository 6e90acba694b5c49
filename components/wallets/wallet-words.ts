import { Bot, GitBranch, type LucideIcon, PiggyBank, Wallet } from "lucide-react";
import type { WalletRowView } from "@/server/api/contract/wallets";

export const KIND_ICONS: Readonly<Record<WalletRowView["kind"], LucideIcon>> = { treasury: Wallet, farm: GitBranch, vault: PiggyBank, agent: Bot };
export const KIND_WORDS: Readonly<Record<WalletRowView["kind"], string>> = {
  treasury: "master wallet",
  farm: "farm",
  vault: "vault, not traded",
  agent: "agent",
};
export const STRATEGY_WORDS: Readonly<Record<string, string>> = {
  momentum: "momentum",
  arbitrage: "arbitrage",
  "mean-reversion": "mean reversion",
  custom: "own strategy",
};
export const MOVEMENT_WORDS: Readonly<Record<string, string>> = {
  deposit: "Deposit",
  withdraw: "Withdrawal",
  allocate: "Allocation",
  recall: "Recall",
  rebalance: "Rebalancing",
  collect: "Collection",
  sweep: "Sweep",
};
export const POLICY_WORDS: Readonly<Record<string, { readonly name: string; readonly says: string }>> = {
  equal: { name: "Equal shares", says: "Every wallet gets the same." },
  target: { name: "Target shares", says: "Every wallet gets the share you set." },
  "inverse-volatility": { name: "Inverse volatility", says: "The steadier a wallet was, the more it gets." },
  "risk-parity": { name: "Risk parity", says: "Every wallet adds the same risk, measured with how they move together." },
  performance: {
    name: "Performance",
    says: "Half of the money is shared equally, half by profit for its risk since each agent's last edit; short records count little.",
  },
  goals: { name: "By goals", says: "Goals get what they ask for, by their priority; the rest is shared equally." },
};

/** "2 agents, 14,000.00 given" */
export function childWords(row: WalletRowView): string {
  if (row.kind === "agent") return row.status ?? "agent";
  const agents = row.agents === 0 ? "no agents" : row.agents === 1 ? "1 agent" : `${row.agents} agents`;
  if (row.kind === "vault") return KIND_WORDS.vault;
  return row.kind === "farm" ? `${STRATEGY_WORDS[row.strategy ?? "custom"]} farm, ${agents}` : agents;
}

/** A new key for one intention: pressing twice moves money once. */
export const newKey = (): string => crypto.randomUUID();
