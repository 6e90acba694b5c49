import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Fixed, fixed, fixedInt, neg, sum, ZERO } from "@/server/shared";
import { allocateDraft, collectDraft, depositDraft, holdDraft, releaseDraft, withdrawDraft } from "./drafts";
import { fillDraft } from "./fill-draft";
import { InMemoryLedger } from "./in-memory-ledger";
import { type AccountKind, MAY_BE_NEGATIVE, type TransactionDraft } from "./types";
import { accountKey, validateDraft } from "./validate-draft";

const W = "workspace";
const [TREASURY, AGENT] = ["treasury", "agent"];
const meta = (key: string) => ({ key, at: 1, currency: "USDT" });
const balance = (ledger: InMemoryLedger, nodeId: string, kind: AccountKind, currency = "USDT") => ledger.balance(W, { nodeId, kind, currency });

describe("ledger", () => {
  it("takes a buy from its hold first and gives the rest back", () => {
    const ledger = new InMemoryLedger();
    ledger.postNow(W, depositDraft({ ...meta("d"), nodeId: TREASURY, amount: fixed("1000") }));
    ledger.postNow(W, allocateDraft({ ...meta("a"), fromNodeId: TREASURY, toNodeId: AGENT, amount: fixed("500") }));
    ledger.postNow(W, holdDraft({ ...meta("h"), nodeId: AGENT, amount: fixed("105") }));
    const { draft, heldAfter } = fillDraft({
      fillId: "f1",
      nodeId: AGENT,
      at: 2,
      side: "buy",
      base: "BTC",
      quote: "USDT",
      quantity: fixed("2"),
      notional: fixed("100"),
      fee: fixed("0.1"),
      held: fixed("105"),
    });
    expect(ledger.postNow(W, draft).posted).toBe(true);
    expect(ledger.postNow(W, draft).posted).toBe(false);
    expect(heldAfter).toBe(fixed("4.9"));
    ledger.postNow(W, releaseDraft({ ...meta("r"), nodeId: AGENT, amount: heldAfter }));
    expect([
      balance(ledger, AGENT, "cash"),
      balance(ledger, AGENT, "hold"),
      balance(ledger, AGENT, "asset", "BTC"),
      balance(ledger, AGENT, "fees"),
    ]).toEqual([fixed("399.9"), ZERO, fixed("2"), fixed("0.1")]);
    const sold = fillDraft({
      fillId: "f2",
      nodeId: AGENT,
      at: 3,
      side: "sell",
      base: "BTC",
      quote: "USDT",
      quantity: fixed("2"),
      notional: fixed("110"),
      fee: fixed("0.11"),
      held: ZERO,
    });
    ledger.postNow(W, sold.draft);
    ledger.postNow(W, collectDraft({ ...meta("c"), fromNodeId: AGENT, toNodeId: TREASURY, amount: fixed("509.79") }));
    expect([balance(ledger, AGENT, "cash"), balance(ledger, TREASURY, "cash")]).toEqual([ZERO, fixed("1009.79")]);
  });

  it("pays what a hold does not cover from cash", () => {
    const { draft, heldAfter } = fillDraft({
      fillId: "f",
      nodeId: AGENT,
      at: 2,
      side: "buy",
      base: "BTC",
      quote: "USDT",
      quantity: fixed("1"),
      notional: fixed("100"),
      fee: ZERO,
      held: fixed("60"),
    });
    expect(heldAfter).toBe(ZERO);
    expect(draft.postings.find((p) => p.account.kind === "cash")?.amount).toBe(fixed("-40"));
  });

  it.each([
    [
      "UNBALANCED",
      [
        { account: { nodeId: AGENT, kind: "cash", currency: "USDT" }, amount: fixedInt(1) },
        { account: { nodeId: null, kind: "external", currency: "USDT" }, amount: fixedInt(-2) },
      ],
    ],
    [
      "UNBALANCED",
      [
        { account: { nodeId: AGENT, kind: "cash", currency: "USDT" }, amount: fixedInt(1) },
        { account: { nodeId: null, kind: "external", currency: "USDC" }, amount: fixedInt(-1) },
      ],
    ],
    ["EMPTY_TRANSACTION", []],
    [
      "ZERO_POSTING",
      [
        { account: { nodeId: AGENT, kind: "cash", currency: "USDT" }, amount: ZERO },
        { account: { nodeId: null, kind: "external", currency: "USDT" }, amount: ZERO },
      ],
    ],
  ] as const)("refuses %s", (code, postings) => {
    const draft: TransactionDraft = { key: "k", kind: "adjust", at: 0, postings };
    expect(() => validateDraft(draft)).toThrowError(expect.objectContaining({ code }));
  });

  it.each([ZERO, fixed("-1")])("makes no draft of %s", (amount) => {
    expect(() => depositDraft({ ...meta("d"), nodeId: AGENT, amount })).toThrowError(expect.objectContaining({ code: "INVALID_AMOUNT" }));
  });

  type Step = { readonly kind: number; readonly amount: number; readonly key: number };
  const steps = fc.array(
    fc.record({ kind: fc.integer({ min: 0, max: 7 }), amount: fc.integer({ min: 1, max: 400 }), key: fc.integer({ min: 0, max: 60 }) }),
    { maxLength: 80 },
  );
  const draftOf = (s: Step): TransactionDraft => {
    const base = { ...meta(`${s.kind}:${s.key}`), amount: fixedInt(s.amount) };
    const fill = {
      fillId: `${s.kind}:${s.key}`,
      nodeId: AGENT,
      at: 1,
      base: "BTC",
      quote: "USDT",
      quantity: fixedInt(s.amount),
      notional: fixedInt(s.amount * 2),
      fee: fixed("0.5"),
    };
    const makers = [
      () => depositDraft({ ...base, nodeId: TREASURY }),
      () => withdrawDraft({ ...base, nodeId: TREASURY }),
      () => allocateDraft({ ...base, fromNodeId: TREASURY, toNodeId: AGENT }),
      () => collectDraft({ ...base, fromNodeId: AGENT, toNodeId: TREASURY }),
      () => holdDraft({ ...base, nodeId: AGENT }),
      () => releaseDraft({ ...base, nodeId: AGENT }),
      () => fillDraft({ ...fill, side: "buy", held: fixedInt(s.amount) }).draft,
      () => fillDraft({ ...fill, side: "sell", held: ZERO }).draft,
    ];
    return (makers[s.kind] as () => TransactionDraft)();
  };

  /** What no book may show; empty = nothing wrong. */
  const violations = (ledger: InMemoryLedger): string[] => {
    const wrong: string[] = [];
    const totals = new Map<string, Fixed>();
    for (const { account, amount } of ledger.rows(W)) {
      totals.set(account.currency, add(totals.get(account.currency) ?? ZERO, amount));
      if (amount < 0n && !MAY_BE_NEGATIVE[account.kind]) wrong.push(`${accountKey(account)} is below zero`);
      const postings = ledger.transactions(W).flatMap((t) => t.postings.filter((p) => accountKey(p.account) === accountKey(account)));
      if (sum(postings.map((p) => p.amount)) !== amount) wrong.push(`${accountKey(account)} is not the sum of its postings`);
    }
    for (const [currency, total] of totals) if (total !== 0n) wrong.push(`${currency} does not balance`);
    return wrong;
  };

  it("balances, never goes below zero, posts a key once, and keeps nothing of what it refuses", () => {
    let refused = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const ledger = new InMemoryLedger();
        for (const s of [{ kind: 0, amount: 400, key: 99 }, { kind: 2, amount: 300, key: 99 }, ...list]) {
          const before = JSON.stringify(ledger.rows(W), (_, v) => (typeof v === "bigint" ? String(v) : v));
          try {
            const first = ledger.postNow(W, draftOf(s));
            expect(ledger.postNow(W, draftOf(s))).toEqual({ transactionId: first.transactionId, posted: false });
          } catch (error) {
            refused += 1;
            expect(error).toMatchObject({ code: "INSUFFICIENT_FUNDS" });
            expect(JSON.stringify(ledger.rows(W), (_, v) => (typeof v === "bigint" ? String(v) : v))).toBe(before);
          }
        }
        expect(violations(ledger)).toEqual([]);
      }),
    );
    expect(refused).toBeGreaterThan(0);
  });

  it("finds a ledger that posts twice", () => {
    const ledger = new InMemoryLedger();
    ledger.postNow(W, depositDraft({ ...meta("d"), nodeId: TREASURY, amount: fixed("10") }));
    const rows = ledger.rows(W).map((r) => ({ ...r, amount: r.account.kind === "cash" ? add(r.amount, fixed("10")) : r.amount }));
    const twice = Object.assign(Object.create(InMemoryLedger.prototype) as InMemoryLedger, {
      rows: () => rows,
      transactions: () => ledger.transactions(W),
    });
    expect(violations(twice)).toEqual(["treasury|cash|USDT is not the sum of its postings", "USDT does not balance"]);
    expect(neg(fixed("1"))).toBe(fixed("-1"));
  });
});
