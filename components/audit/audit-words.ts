import type { AuditRowView } from "@/server/api/contract/people";

const WORDS: Readonly<Record<string, string>> = {
  "agent.created": "created an agent",
  "agent.edited": "edited an agent",
  "agent.start": "started an agent",
  "agent.started": "an agent runs",
  "agent.stop": "stopped an agent",
  "agent.stopped": "an agent has stopped",
  "agent.halt": "halted an agent",
  "agent.resume": "resumed an agent",
  "agent.archive": "archived an agent",
  "agent.fund": "gave an agent money",
  "agent.funded": "gave an agent money",
  "agent.collected": "collected money from an agent",
  "agent.trading-state.set": "changed whether an agent may trade",
  "agent.live.refused": "asked to leave paper: refused",
  "agent.live.passed": "asked to leave paper: allowed",
  "agent.live.overridden": "left paper against the evidence",
  "workspace.trading-state.set": "changed whether the workspace may trade",
  "workspace.limits.set": "changed the workspace's limits",
  "workspace.gate.set": "changed the gate out of paper",
  "workspace.renamed": "renamed the workspace",
  "market.source.set": "changed where prices come from",
  "breakers.set": "changed a breaker",
  "breakers.reset": "let trading go on after a breaker",
  "breaker.acted": "a breaker acted",
  "alert.acknowledged": "acknowledged an alert",
  "stress-scenario.added": "added a stress scenario",
  "stress-scenario.removed": "removed a stress scenario",
  "run.cancelled": "cancelled a run",
  "run.replayed": "ran something again",
  "account.exported": "downloaded the workspace's data",
  "account.deleted": "deleted the account",
  "backtest.deleted": "deleted a backtest",
  "wallet.created": "made a wallet",
  "wallet.renamed": "renamed a wallet",
  "wallet.placed": "moved a wallet in the tree",
  "wallet.closed": "closed a wallet",
  "wallet.deposit": "paid money in",
  "wallet.withdraw": "took money out",
  "wallet.allocate": "allocated money",
  "wallet.recall": "recalled money",
  "wallet.rebalance": "moved money to rebalance",
  "wallet.collect": "collected money",
  "wallet.sweep": "swept money",
  "wallet.move-asked": "asked to move money",
  "wallet.move-refused": "refused a movement",
  "wallet.recall-asked": "asked to sell and recall",
  "wallet.recall-agreed": "agreed to a recall",
  "wallet.rebalance-set": "set a plan of rebalancing",
  "wallet.rebalance-accepted": "agreed to a rebalancing",
  "goal.created": "set a goal",
  "goal.edited": "changed a goal",
  "goal.achieved": "a goal was reached",
  "goal.adapted": "a goal's threshold was adapted",
  "goal.raised": "a goal was raised",
  "goal.change.undone": "put a goal's change back",
  "member.invited": "invited an address",
  "member.joined": "joined the workspace",
  "member.left": "left the workspace",
  "member.removed": "removed a member",
  "member.role.set": "changed a member's role",
  "invitation.declined": "declined an invitation",
  "invitation.revoked": "revoked an invitation",
};

/** What an entry says, for people; an action without words of its own keeps its name. */
export const actionWords = (action: string): string => WORDS[action] ?? action.replaceAll(/[.-]/g, " ");

/** The details in one line: "role viewer · address 0x…", of a movement "5000 USDT from Treasury to Momentum farm: why"; nothing for none. */
export function detailText(data: AuditRowView["data"], names: AuditRowView["names"] = {}): string {
  const say = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : (names[String(value)] ?? String(value)));
  const { amount, currency, from, to, why } = data;
  const moved = amount !== undefined && currency !== undefined;
  // The kind of a movement is what was done.
  const said: ReadonlySet<string> = new Set(moved ? ["amount", "currency", "from", "to", "why", "kind"] : []);
  const movement = moved ? `${amount} ${currency}${from ? ` from ${say(from)}` : ""}${to ? ` to ${say(to)}` : ""}${why ? `: ${why}` : ""}` : "";
  const others = Object.entries(data)
    .filter(([key, value]) => !said.has(key) && value !== null && value !== "")
    .map(([key, value]) => `${key.replaceAll(/([A-Z])/g, " $1").toLowerCase()} ${say(value)}`);
  return [movement, ...others].filter(Boolean).join(" · ");
}
