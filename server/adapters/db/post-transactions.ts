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
 * Writes transactions and balances inside the caller's transaction: three statements when all accounts exist, however many drafts.
 * Accounts are locked in id order; drafts take effect in the order given. A key that is there already is not posted again.
 * Throws UNBALANCED, INSUFFICIENT_FUNDS (account, currency, have, need); the caller's transaction must then be given up.
 */
export async function postAllInTransaction(tx: Tx, workspaceId: string, drafts: readonly TransactionDraft[]): Promise<PostResult[]> {
  for (const draft of drafts) assertBalanced(draft);
  if (drafts.length === 0) return [];
  const ids = await insertTransactions(tx, workspaceId, drafts);
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

/** A second poster of a key waits here until the first commits, then finds it taken. */
async function insertTransactions(tx: Tx, workspaceId: string, drafts: readonly TransactionDraft[]): Promise<Inserted> {
  const byKey = new Map<string, TransactionDraft>();
  for (const d of drafts) if (!byKey.has(d.key)) byKey.set(d.key, d);
  // In key order, so that two batches with keys in common wait for each other in one direction only.
  const rows = [...byKey.values()]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((d) => ({ id: newId(), key: d.key, kind: d.kind, at: new Date(d.at).toISOString(), order_id: d.orderId, turn_id: d.turnId, note: d.note }));
  const written = await tx.$queryRaw<{ id: string; key: string }[]>`
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

type Account = { id: string; ref: AccountRef };

async function applyPostings(
  tx: Tx,
  workspaceId: string,
  drafts: readonly TransactionDraft[],
  transactionId: (d: TransactionDraft) => string,
): Promise<void> {
  const accounts = new Map<string, Account>();
  const postings = drafts.flatMap((d) =>
    d.postings
      .filter((p) => p.amount !== ZERO)
      .map((p, leg) => {
        const id = accountId(workspaceId, p.account);
        accounts.set(id, { id, ref: p.account });
        return { transaction: transactionId(d), leg, account: id, currency: p.account.currency, amount: p.amount, draft: d };
      }),
  );
  if (postings.length === 0) return;
  const before = await lockAccounts(tx, workspaceId, [...accounts.values()]);
  const after = new Map(before);
  for (const d of drafts) {
    for (const p of postings) if (p.draft === d) after.set(p.account, add(after.get(p.account) ?? ZERO, p.amount));
    for (const a of accounts.values()) assertCovered(a, after.get(a.id) ?? ZERO, before.get(a.id) ?? ZERO);
  }
  const deltas = [...after].map(([id, balance]) => ({ id, delta: toText(sub(balance, before.get(id) ?? ZERO)) }));
  const legs = postings.map(({ transaction, leg, account, currency, amount }) => ({ transaction, leg, account, currency, amount: toText(amount) }));
  await tx.$executeRaw`
    WITH changed AS (
      UPDATE "LedgerAccount" a SET "balance" = a."balance" + d.delta
        FROM jsonb_to_recordset(${JSON.stringify(deltas)}::jsonb) AS d(id uuid, delta numeric(38,18))
       WHERE a."id" = d.id)
    INSERT INTO "Posting" ("transactionId", "leg", "accountId", "currency", "amount")
    SELECT transaction, leg, account, currency, amount
      FROM jsonb_to_recordset(${JSON.stringify(legs)}::jsonb)
        AS p(transaction uuid, leg int, account uuid, currency text, amount numeric(38,18))`;
}

/** Balances of the accounts, their rows locked in id order until the transaction ends; accounts are opened at first use. */
async function lockAccounts(tx: Tx, workspaceId: string, accounts: readonly Account[]): Promise<Map<string, Fixed>> {
  const ids = JSON.stringify(accounts.map((a) => a.id));
  const lock = async () => {
    const rows = await tx.$queryRaw<{ id: string; balance: string }[]>`
      SELECT "id", "balance"::text AS balance FROM "LedgerAccount"
       WHERE "id" IN (SELECT value::uuid FROM jsonb_array_elements_text(${ids}::jsonb))
       ORDER BY "id" FOR UPDATE`;
    return new Map(rows.map((r) => [r.id, fixed(r.balance)]));
  };
  const found = await lock();
  const missing = accounts.filter((a) => !found.has(a.id));
  if (missing.length === 0) return found;
  await tx.ledgerAccount.createMany({
    data: missing
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, ref }) => ({
        id,
        workspaceId,
        nodeId: ref.nodeId,
        kind: ref.kind,
        currency: ref.currency,
        mayBeNegative: MAY_BE_NEGATIVE[ref.kind],
      })),
    skipDuplicates: true,
  });
  return lock();
}

function assertCovered(account: Account, balance: Fixed, before: Fixed): void {
  if (balance >= ZERO || MAY_BE_NEGATIVE[account.ref.kind]) return;
  const have = toText(before);
  const need = toText(sub(before, balance));
  throw new DomainError("INSUFFICIENT_FUNDS", `There is ${have} ${account.ref.currency} in ${account.ref.kind}, and ${need} is needed.`, {
    kind: "conflict",
    data: { account: account.ref.kind, node: account.ref.nodeId, currency: account.ref.currency, have, need },
  });
}
