import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { AccountRef, TransactionDraft } from "@/server/ledger";
import { type Fixed, fixed, neg, toText } from "@/server/shared";
import { countStatements, describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { PrismaLedger } from "./prisma-ledger";

const move = (key: string, from: AccountRef, to: AccountRef, amount: Fixed): TransactionDraft => ({
  key,
  kind: "allocate",
  at: 1_000,
  postings: [
    { account: from, amount: neg(amount) },
    { account: to, amount },
  ],
});
const cash = (nodeId: string): AccountRef => ({ nodeId, kind: "cash", currency: "USDT" });

describeDatabase("PrismaLedger", (db) => {
  const open = async () => {
    const seeded = await seedWorkspace(db(), { deposit: fixed("100") });
    const ledger = new PrismaLedger(db());
    const node = randomUUID();
    const amountOf = async (nodeId: string) => toText((await ledger.balances(seeded.scope, [nodeId]))[0]?.amount ?? fixed("0"));
    return { ...seeded, ledger, node, amountOf };
  };

  it("moves money and opens accounts at first use", async () => {
    const { ledger, scope, treasuryNodeId, node, amountOf } = await open();
    const { posted } = await ledger.post(scope, move("k1", cash(treasuryNodeId), cash(node), fixed("40.000000000000000001")));
    expect(posted).toBe(true);
    expect(await amountOf(node)).toBe("40.000000000000000001");
    expect(await amountOf(treasuryNodeId)).toBe("59.999999999999999999");
  });

  it("refuses what does not balance, and keeps nothing of it", async () => {
    const { ledger, scope, node } = await open();
    const draft: TransactionDraft = { key: "bad", kind: "adjust", at: 0, postings: [{ account: cash(node), amount: fixed("1") }] };
    await expect(ledger.post(scope, draft)).rejects.toMatchObject({ code: "UNBALANCED" });
    expect(await db().prisma.ledgerTransaction.count({ where: { key: "bad" } })).toBe(0);
  });

  it("refuses a transaction whose currencies only balance together", async () => {
    const { ledger, scope, node } = await open();
    const draft: TransactionDraft = {
      key: "mixed",
      kind: "adjust",
      at: 0,
      postings: [
        { account: cash(node), amount: fixed("1") },
        { account: { nodeId: null, kind: "external", currency: "USD" }, amount: fixed("-1") },
      ],
    };
    await expect(ledger.post(scope, draft)).rejects.toMatchObject({ code: "UNBALANCED" });
  });

  it("says what there is and what is needed when money is short, and keeps nothing of it", async () => {
    const { ledger, scope, treasuryNodeId, node, amountOf } = await open();
    await expect(ledger.post(scope, move("k", cash(treasuryNodeId), cash(node), fixed("100.5")))).rejects.toMatchObject({
      code: "INSUFFICIENT_FUNDS",
      details: { data: { account: "cash", node: treasuryNodeId, have: "100", need: "100.5" } },
    });
    expect(await amountOf(treasuryNodeId)).toBe("100");
    expect(await db().prisma.ledgerTransaction.count({ where: { key: "k" } })).toBe(0);
  });

  it("posts a key once, also when it is posted 20 times at once", async () => {
    const { ledger, scope, treasuryNodeId, node, amountOf } = await open();
    const draft = move("same", cash(treasuryNodeId), cash(node), fixed("7"));
    const results = await Promise.all(Array.from({ length: 20 }, () => ledger.post(scope, draft)));
    expect(results.filter((r) => r.posted)).toHaveLength(1);
    expect(new Set(results.map((r) => r.transactionId)).size).toBe(1);
    expect(await amountOf(node)).toBe("7");
  });

  it("needs two statements", async () => {
    const { ledger, scope, treasuryNodeId, node } = await open();
    await ledger.post(scope, move("first", cash(treasuryNodeId), cash(node), fixed("1")));
    const { statements } = await countStatements(db(), () => ledger.post(scope, move("second", cash(treasuryNodeId), cash(node), fixed("1"))));
    expect(statements).toHaveLength(2);
  });

  it("does not show a workspace another one's accounts", async () => {
    const { ledger, treasuryNodeId } = await open();
    const other = await seedWorkspace(db());
    expect(await ledger.balances(other.scope, [treasuryNodeId])).toEqual([]);
  });
});
