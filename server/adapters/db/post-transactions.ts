import { type AccountRef, MAY_BE_NEGATIVE, type TransactionDraft } from "@/server/ledger";
import { add, DomainError, type Fixed, fixed, hashId, sub, toText, ZERO } from "@/server/shared";
import type { Tx } from "./database";
import { newId } from "./new-id";

export type PostResult = { readonly transactionId: string; readonly posted: boolean };

/** Same account, same id on every machine: concurrent first uses meet in one row. */
export const accountId = (workspaceId: string, a: AccountRef): string => hashId("account", workspaceId, a.nodeId ?? "", a.kind, a.currency);

/** {@link postAllInTransaction} for one transaction. */
export async function postInTransaction(tx: Tx, workspaceId: string, draft: TransactionDraft): Promise<PostResult> {
  const [result] = await postAllInTransaction(tx, workspaceId, [draft]);
  if (!result) throw new Error("one draft gives one result");
  return result;
}

/**
 * Writes transactions and balances inside the caller's transaction: two statements, however many drafts.
 * Accounts are opened at first use and locked in id order; drafts take effect in the order given. A key that is there already is not posted again.
 * Throws UNBALANCED, INSUFFICIENT_FUNDS (account, currency, have, need); the caller's transaction must then be given up.
 */
export async function postAllInTransaction(tx: Tx, workspaceId: string, drafts: readonly TransactionDraft[]): Promise<PostResult[]> {
  for (const draft of drafts) assertBalanced(draft);
  if (drafts.length === 0) return [];
  const ids = await insertTransactions(tx, workspaceId, drafts, accountsOf(workspaceId, drafts));
  const fresh = drafts.filter((d) => ids.get(d.key)?.draft === d);
  await applyPostings(tx, workspaceId, fresh, (d) => ids.get(d.key)?.id as string);
  return drafts.map((d) => ({ transactionId: ids.get(d.key)?.id as string, posted: ids.get(d.key)?.draft === d }));
}

/** Throws UNBALANCED unless the postings sum to zero in every currency. */
export function assertBalanced(draft: TransactionDraft): void {
  const sums = new Map<string, Fixed>();
  for (const p of draft.postings) sums.set(p.account.currency, add(sums.get(p.account.currency) ?? ZERO, p.amount));
  for (const [currency, total] of sums) {
    if (total !== ZERO) {
      throw new DomainError("UNBALANCED", `The transaction ${draft.key} is out of balance by ${toText(total)} ${currency}.`, {
        kind: "internal",
        data: { key: draft.key, currency, difference: toText(total) },
      });
    }
  }
}

type Inserted = Map<string, { id: string; draft: TransactionDraft | null }>;

/**
 * A second poster of a key waits here until the first commits, then finds it taken. Missing accounts are opened in the same
 * statement, before any is locked: opening one while holding others would let two posters wait for each other.
 */
async function insertTransactions(
  tx: Tx,
  workspaceId: string,
  drafts: readonly TransactionDraft[],
  accounts: ReadonlyMap<string, AccountRef>,
): Promise<Inserted> {
  const byKey = new Map<string, TransactionDraft>();
  for (const d of drafts) if (!byKey.has(d.key)) byKey.set(d.key, d);
  // In key order, so that two batches with keys in common wait for each other in one direction only.
  const rows = [...byKey.values()]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((d) => ({ id: newId(), key: d.key, kind: d.kind, at: new Date(d.at).toISOString(), order_id: d.orderId, turn_id: d.turnId, note: d.note }));
  const opened = [...accounts].map(([id, r]) => ({ id, node: r.nodeId, kind: r.kind, currency: r.currency, negative: MAY_BE_NEGATIVE[r.kind] }));
  const written = await tx.$queryRaw<{ id: string; key: string }[]>`
    WITH opened AS (
      INSERT INTO "LedgerAccount" ("id", "workspaceId", "nodeId", "kind", "currency", "mayBeNegative")
      SELECT id, ${workspaceId}::uuid, node, kind, currency, negative
        FROM jsonb_to_recordset(${JSON.stringify(opened)}::jsonb) AS a(id uuid, node uuid, kind text, currency text, negative boolean)
       ORDER BY id
      ON CONFLICT ("id") DO NOTHING)
    INSERT INTO "LedgerTransaction" ("id", "workspaceId", "key", "kind", "at", "orderId", "turnId", "note")
    SELECT id, ${workspaceId}::uuid, key, kind, at, order_id, turn_id, note
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(id uuid, key text, kind text, at timestamptz, order_id uuid, turn_id uuid, note text)
    ON CONFLICT ("workspaceId", "key") DO NOTHING
    RETURNING "id", "key"`;
  const result: Inserted = new Map(written.map((r) => [r.key, { id: r.id, draft: byKey.get(r.key) ?? null }]));
  const taken = [...byKey.keys()].filter((k) => !result.has(k));
  if (taken.length > 0) {
    const earlier = await tx.ledgerTransaction.findMany({ where: { workspaceId, key: { in: taken } }, select: { id: true, key: true } });
    for (const e of earlier) result.set(e.key, { id: e.id, draft: null });
  }
  return result;
}

/** Accounts that the drafts change, by id. */
function accountsOf(workspaceId: string, drafts: readonly TransactionDraft[]): Map<string, AccountRef> {
  const changed = drafts.flatMap((d) => d.postings.filter((p) => p.amount !== ZERO));
  return new Map(changed.map((p) => [accountId(workspaceId, p.account), p.account]));
}

async function applyPostings(
  tx: Tx,
  workspaceId: string,
  drafts: readonly TransactionDraft[],
  transactionId: (d: TransactionDraft) => string,
): Promise<void> {
  const accounts = accountsOf(workspaceId, drafts);
  if (accounts.size === 0) return;
  const deltas = new Map<string, Fixed>();
  const legs: { transaction: string; leg: number; account: string; currency: string; amount: string }[] = [];
  for (const d of drafts) {
    for (const [leg, p] of changing(d).entries()) {
      const account = accountId(workspaceId, p.account);
      deltas.set(account, add(deltas.get(account) ?? ZERO, p.amount));
      legs.push({ transaction: transactionId(d), leg, account, currency: p.account.currency, amount: toText(p.amount) });
    }
  }
  const balances = new Map((await changeBalances(tx, deltas, legs)).map((r) => [r.id, fixed(r.before)]));
  // Each draft in its turn must be covered; a refusal undoes the statement with the caller's transaction.
  for (const d of drafts) {
    const before = new Map(balances);
    for (const p of changing(d)) {
      const account = accountId(workspaceId, p.account);
      balances.set(account, add(balances.get(account) ?? ZERO, p.amount));
    }
    for (const [id, ref] of accounts) assertCovered(ref, balances.get(id) ?? ZERO, before.get(id) ?? ZERO);
  }
}

const changing = (d: TransactionDraft) => d.postings.filter((p) => p.amount !== ZERO);

/**
 * Balances from before. The rows are locked in id order before any is changed, so that two posters wait in one direction only. What
 * would fall below zero is left alone here: the caller finds that out from the balances and gives the transaction up.
 */
function changeBalances(tx: Tx, deltas: ReadonlyMap<string, Fixed>, legs: readonly object[]): Promise<{ id: string; before: string }[]> {
  const rows = [...deltas].map(([id, delta]) => ({ id, delta: toText(delta) }));
  return tx.$queryRaw<{ id: string; before: string }[]>`
    WITH locked AS MATERIALIZED (
      SELECT "id", "balance", "mayBeNegative" FROM "LedgerAccount"
       WHERE "id" IN (SELECT id FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS w(id uuid))
       ORDER BY "id" FOR UPDATE),
    changed AS (
      UPDATE "LedgerAccount" a SET "balance" = l."balance" + d.delta
        FROM locked l JOIN jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS d(id uuid, delta numeric(38,18)) ON d.id = l."id"
       WHERE a."id" = l."id" AND (l."mayBeNegative" OR l."balance" + d.delta >= 0)),
    posted AS (
      INSERT INTO "Posting" ("transactionId", "leg", "accountId", "currency", "amount")
      SELECT transaction, leg, account, currency, amount
        FROM jsonb_to_recordset(${JSON.stringify(legs)}::jsonb)
          AS p(transaction uuid, leg int, account uuid, currency text, amount numeric(38,18)))
    SELECT "id", "balance"::text AS before FROM locked`;
}

function assertCovered(account: AccountRef, balance: Fixed, before: Fixed): void {
  if (balance >= ZERO || MAY_BE_NEGATIVE[account.kind]) return;
  const have = toText(before);
  const need = toText(sub(before, balance));
  throw new DomainError("INSUFFICIENT_FUNDS", `There is ${have} ${account.currency} in ${account.kind}, and ${need} is needed.`, {
    kind: "conflict",
    data: { account: account.kind, node: account.nodeId, currency: account.currency, have, need },
  });
}
