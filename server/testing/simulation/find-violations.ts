import type { IntentCommit, TurnPhase } from "@/server/agents";
import { MAY_BE_NEGATIVE } from "@/server/ledger";
import { add, type Fixed, fixed, HOUR_MS, mul, sub, toText, ZERO } from "@/server/shared";
import { isTerminal } from "@/server/trading";
import type { MemoryBooks } from "./memory-books";
import type { SimulatedWorld } from "./simulated-world";

const ORDER: readonly TurnPhase[] = ["claimed", "context", "decided", "judged", "intended", "executing", "settled"];
const ENDS: readonly TurnPhase[] = ["settled", "failed", "skipped"];

/** What is wrong once everything has come to rest, by the venue's own records and by sums made here; nothing is the only right answer. */
export async function findViolations(books: MemoryBooks, world: SimulatedWorld): Promise<string[]> {
  return [
    ...twiceSent(world),
    ...unfinished(books),
    ...wrongPhases(books),
    ...twiceAsked(world),
    ...ledgerErrors(books),
    ...(await unlikeTheVenue(books, world)),
  ];
}

function twiceSent({ placements }: SimulatedWorld): string[] {
  const count = new Map<string, number>();
  for (const p of placements) count.set(p.order.clientOrderId, (count.get(p.order.clientOrderId) ?? 0) + 1);
  return [...count].filter(([, n]) => n > 1).map(([id, n]) => `the order ${id} came to the venue ${n} times`);
}

function unfinished(books: MemoryBooks): string[] {
  return [
    ...[...books.turns.values()].filter((t) => !ENDS.includes(t.phase)).map((t) => `the turn ${t.id} ended in ${t.phase}`),
    ...[...books.orders.values()].filter((o) => !isTerminal(o.status)).map((o) => `the order ${o.id} ended ${o.status}`),
  ];
}

function wrongPhases(books: MemoryBooks): string[] {
  const wrong: string[] = [];
  for (const [id, phases] of books.phases) {
    for (const [i, phase] of phases.entries()) {
      const before = phases[i - 1];
      if (before === undefined) continue;
      // A resumed turn may write the phase again that it was in; a decision once committed is never made anew.
      const again = phase === before && (phase === "context" || phase === "executing");
      const on = ENDS.includes(before) ? false : phase === "failed" ? before !== "executing" : ORDER.indexOf(phase) > ORDER.indexOf(before);
      if (!again && !on) wrong.push(`the turn ${id} went from ${before} to ${phase}`);
    }
  }
  return wrong;
}

function twiceAsked({ asked }: SimulatedWorld): string[] {
  return asked.filter((key, i) => asked.indexOf(key) !== i).map((key) => `the model was asked again for ${key}`);
}

function ledgerErrors(books: MemoryBooks): string[] {
  const wrong: string[] = [];
  const { ledger, workspace } = books;
  const name = (a: { readonly nodeId: string | null; readonly kind: string; readonly currency: string }): string =>
    `${a.nodeId ?? "own"} ${a.kind} ${a.currency}`;
  const sums = new Map<string, Fixed>();
  for (const t of ledger.transactions(workspace.id))
    for (const p of t.postings) sums.set(name(p.account), add(sums.get(name(p.account)) ?? ZERO, p.amount));
  const totals = new Map<string, Fixed>();
  for (const { account, amount } of ledger.rows(workspace.id)) {
    if (amount !== (sums.get(name(account)) ?? ZERO)) wrong.push(`the account ${name(account)} is not the sum of its postings`);
    if (amount < 0n && !MAY_BE_NEGATIVE[account.kind]) wrong.push(`the account ${name(account)} is below zero: ${toText(amount)}`);
    if (account.kind === "hold" && amount !== ZERO) wrong.push(`the account ${name(account)} still holds ${toText(amount)}`);
    totals.set(account.currency, add(totals.get(account.currency) ?? ZERO, amount));
  }
  for (const [currency, total] of totals) if (total !== ZERO) wrong.push(`there are ${toText(total)} ${currency} from nowhere`);
  return wrong;
}

async function unlikeTheVenue(books: MemoryBooks, { venue }: SimulatedWorld): Promise<string[]> {
  const wrong: string[] = [];
  for (const agent of books.agents.values()) {
    const executions = await venue.executions(agent.id, 0);
    const fills = books.fills.filter((f) => f.agentId === agent.id);
    for (const e of executions) {
      const own = fills.filter((f) => f.executionId === e.executionId);
      const [f] = own;
      const same = f && f.orderId === e.clientOrderId && f.quantity === e.quantity && f.price === e.price && f.fee === e.fee;
      if (own.length !== 1 || !same) wrong.push(`the execution ${e.executionId} of ${agent.id} is booked ${own.length} times`);
    }
    if (fills.length > executions.length) wrong.push(`${agent.id} has fills that the venue knows nothing of`);
    const statement = await venue.balances(agent.id);
    const balance = (kind: "cash" | "hold" | "asset", currency: string): Fixed =>
      books.ledger.balance(agent.workspaceId, { nodeId: agent.nodeId, kind, currency });
    for (const currency of new Set([...Object.keys(statement), ...books.positionsOf(agent.id).map((p) => p.symbol.split("/")[0] ?? "")])) {
      const there = statement[currency] ?? ZERO;
      const here = currency === agent.baseCurrency ? add(balance("cash", currency), balance("hold", currency)) : balance("asset", currency);
      if (here !== there) wrong.push(`${agent.id} has ${toText(here)} ${currency} here and ${toText(there)} at the venue`);
      const position = books.positionsOf(agent.id).find((p) => p.symbol === `${currency}/${agent.baseCurrency}`);
      if (position && position.quantity !== here) wrong.push(`${agent.id}'s position in ${currency} is not what its account says`);
    }
  }
  return wrong;
}

/** Limits that a commit has passed, by sums of our own over the books in the moment after it. */
export function limitsPassed(books: MemoryBooks, agentId: string, commit: IntentCommit): string[] {
  const wrong: string[] = [];
  const { inputs } = commit.record;
  const { limits } = inputs.agent;
  const shared = books.workspace.limits;
  for (const { symbol, quantity, price } of bought(commit)) {
    const notional = mul(quantity, price, "down");
    if (limits.maxOrderNotional !== null && notional > fixed(limits.maxOrderNotional))
      wrong.push(`an order of ${toText(notional)} passed the agent's limit`);
    if (limits.allowedSymbols !== null && !limits.allowedSymbols.includes(symbol)) wrong.push(`an order in ${symbol} passed the agent's allow list`);
    // What is held at its price, what is still wanted at the price it would be had for.
    const wanted = [...books.agents.keys()].flatMap((id) => [
      ...books.positionsOf(id).map((p) => ({ id, symbol: p.symbol, quantity: p.quantity, price })),
      ...books
        .liveOf(id)
        .filter((o) => o.side === "buy")
        .map((o) => ({ id, symbol: o.symbol, quantity: sub(o.quantity, o.filledQuantity), price: o.limitPrice ?? price })),
    ]);
    const held = (who: (id: string) => boolean): Fixed =>
      wanted.filter((x) => x.symbol === symbol && who(x.id)).reduce<Fixed>((s, x) => add(s, mul(x.quantity, x.price, "down")), ZERO);
    const [mine, all] = [held((id) => id === agentId), held(() => true)];
    if (limits.maxPositionNotional !== null && mine > fixed(limits.maxPositionNotional))
      wrong.push(`the agent would hold ${toText(mine)} of ${symbol}`);
    if (shared.maxPositionNotional !== null && all > shared.maxPositionNotional) wrong.push(`the workspace would hold ${toText(all)} of ${symbol}`);
    const recent = [...books.orders.values()].filter((o) => o.createdAt > inputs.at - HOUR_MS);
    const own = recent.filter((o) => o.agentId === agentId).length;
    if (limits.maxOrdersPerHour !== null && own > limits.maxOrdersPerHour) wrong.push(`the agent made ${own} orders in an hour`);
    if (shared.maxOrdersPerHour !== null && recent.length > shared.maxOrdersPerHour)
      wrong.push(`the workspace made ${recent.length} orders in an hour`);
  }
  return wrong;
}

const bought = (commit: IntentCommit): { readonly symbol: string; readonly quantity: Fixed; readonly price: Fixed }[] =>
  commit.orders
    .filter((o) => o.intent.side === "buy")
    .map(({ intent }) => ({
      symbol: intent.symbol,
      quantity: intent.quantity,
      price: intent.limitPrice ?? fixed(commit.record.inputs.prices[intent.symbol]?.price ?? "0"),
    }));
