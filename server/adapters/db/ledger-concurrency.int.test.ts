import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AccountKind, AccountRef, Ledger, TransactionDraft } from "@/server/ledger";
import { add, DomainError, type Fixed, fixed, fixedInt, neg, type TenantScope } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { describeDatabase } from "@/server/testing/database";
import { type SeededWorkspace, seedWorkspace } from "@/server/testing/seed-workspace";
import type { Database } from "./database";
import { decimalToFixed, fixedToDecimal } from "./decimal";
import { accountId } from "./post-transactions";
import { PrismaLedger } from "./prisma-ledger";

type Post = Ledger["post"];
/** A movement between two of three nodes; `key` repeats now and then, as after a retry. */
type Op = { kind: "transfer" | "hold" | "release" | "fill"; from: number; to: number; amount: Fixed; key: number };

const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.constantFrom("transfer", "hold", "release", "fill"),
  from: fc.nat(2),
  to: fc.nat(2),
  amount: fc.bigInt(1n, 40n * 10n ** 18n).map((x) => x as Fixed),
  key: fc.nat(25),
});

const leg = (nodeId: string | null, kind: AccountKind, currency: string, amount: Fixed) => ({
  account: { nodeId, kind, currency } as AccountRef,
  amount,
});

function draftOf({ kind, from, to, amount, key }: Op, nodes: readonly string[]): TransactionDraft {
  const [a, b] = [nodes[from] ?? null, nodes[to] ?? null];
  const fee = (amount / 1000n) as Fixed;
  const postings = {
    transfer: [leg(a, "cash", "USDT", neg(amount)), leg(b, "cash", "USDT", amount)],
    hold: [leg(a, "cash", "USDT", neg(amount)), leg(a, "hold", "USDT", amount)],
    release: [leg(a, "hold", "USDT", neg(amount)), leg(a, "cash", "USDT", amount)],
    fill: [
      leg(a, "hold", "USDT", neg(amount)),
      leg(null, "clearing", "USDT", amount),
      leg(null, "clearing", "BTC", neg(amount)),
      leg(a, "asset", "BTC", amount),
      leg(a, "cash", "USDT", neg(fee)),
      leg(null, "fees", "USDT", fee),
    ],
  }[kind];
  return { key: `op:${key}`, kind: kind === "transfer" ? "allocate" : kind, at: 1_000, postings };
}

/** The control: reads balances, adds, writes them back; looks for the key first. */
function naiveLedger(db: Database): Post {
  return async (scope, draft) => {
    const { workspaceId } = scope;
    if (await db.prisma.ledgerTransaction.findFirst({ where: { workspaceId, key: draft.key } })) return { transactionId: "", posted: false };
    const transactionId = randomUUID();
    await db.prisma.ledgerTransaction.create({
      data: { id: transactionId, workspaceId, key: `${draft.key}`, kind: draft.kind, at: new Date(draft.at) },
    });
    for (const [i, p] of draft.postings.entries()) {
      const id = accountId(workspaceId, p.account);
      const row = await db.prisma.ledgerAccount.findUnique({ where: { id } });
      const balance = fixedToDecimal(add(row ? decimalToFixed(row.balance) : fixed("0"), p.amount));
      const { nodeId, kind, currency } = p.account;
      await db.prisma.ledgerAccount.upsert({
        where: { id },
        create: { id, workspaceId, nodeId, kind, currency, mayBeNegative: true, balance },
        update: { balance },
      });
      await db.prisma.posting.create({ data: { transactionId, leg: i, accountId: id, currency, amount: fixedToDecimal(p.amount) } });
    }
    return { transactionId, posted: true };
  };
}

describeDatabase("ledger under concurrency", (db) => {
  const prepare = async () => {
    const seeded = await seedWorkspace(db(), { deposit: fixedInt(100) });
    return { seeded, nodes: [seeded.treasuryNodeId, randomUUID(), randomUUID()] };
  };
  /** All at once; short money is a fair answer, anything else is not. Returns how many were posted. */
  const storm = async (post: Post, scope: TenantScope, ops: readonly Op[], nodes: readonly string[]) => {
    const results = await Promise.allSettled(ops.map((o) => post(scope, draftOf(o, nodes))));
    for (const r of results) {
      if (r.status === "rejected" && !(r.reason instanceof DomainError && r.reason.code === "INSUFFICIENT_FUNDS")) throw r.reason;
    }
    return results.filter((r) => r.status === "fulfilled" && r.value.posted).length;
  };
  const transactions = ({ workspaceId }: SeededWorkspace) =>
    db().prisma.ledgerTransaction.count({ where: { workspaceId, key: { startsWith: "op:" } } });

  it("keeps the books whole under random transfers, holds and fills in parallel", async () => {
    const ledger = new PrismaLedger(db());
    await fc.assert(
      fc.asyncProperty(fc.array(op, { minLength: 10, maxLength: 40 }), async (ops) => {
        const { seeded, nodes } = await prepare();
        const posted = await storm((s, d) => ledger.post(s, d), seeded.scope, ops, nodes);
        expect(await findBookErrors(db(), seeded.workspaceId)).toEqual([]);
        expect(await transactions(seeded)).toBe(posted);
      }),
      { numRuns: 12, seed: 20261121, endOnFailure: true },
    );
  });

  it("posts something in such a storm, and refuses something", async () => {
    const { seeded, nodes } = await prepare();
    const ledger = new PrismaLedger(db());
    const ops: Op[] = Array.from({ length: 30 }, (_, i) => ({ kind: "transfer", from: 0, to: 1 + (i % 2), amount: fixedInt(9), key: i }));
    expect(await storm((s, d) => ledger.post(s, d), seeded.scope, ops, nodes)).toBe(11);
    expect(await findBookErrors(db(), seeded.workspaceId)).toEqual([]);
  });

  it("control: reading, adding and writing back is found out", async () => {
    const { seeded, nodes } = await prepare();
    const ops: Op[] = Array.from({ length: 30 }, (_, i) => ({ kind: "transfer", from: 0, to: 1, amount: fixedInt(1), key: i }));
    await storm(naiveLedger(db()), seeded.scope, ops, nodes);
    expect(await findBookErrors(db(), seeded.workspaceId)).toContainEqual(expect.stringContaining("its postings say"));
  });
});
