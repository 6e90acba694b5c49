import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingMemo } from "./sliding-memo";

type Item = { readonly n: number };

describe("values of sliding windows", () => {
  it("are those of the window's own members, whatever windows came before", () => {
    const moves = fc.array(fc.record({ from: fc.nat(60), length: fc.nat(12), replace: fc.option(fc.nat(60)) }), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (list) => {
        const items: Item[] = Array.from({ length: 70 }, (_, n) => ({ n }));
        const memo = new SlidingMemo((item: Item) => [item.n] as const);
        for (const { from, length, replace } of list) {
          // A member replaced by another object with another value: what was remembered of its place must not be given out.
          if (replace !== null) items[replace] = { n: 1_000 + replace + from };
          const window = items.slice(from, from + length);
          expect(memo.columns(window)).toEqual(window.length === 0 ? [] : [window.map((item) => item.n)]);
        }
      }),
    );
  });

  it("are made once for members that windows share", () => {
    let made = 0;
    const memo = new SlidingMemo((item: Item) => {
      made += 1;
      return [item.n] as const;
    });
    const items: Item[] = Array.from({ length: 10_000 }, (_, n) => ({ n }));
    for (let from = 0; from + 200 <= items.length; from++) memo.columns(items.slice(from, from + 200));
    // Once each, and a window's worth again wherever a run has grown too long.
    expect(made).toBeLessThan(items.length + 13 * 200);
    expect(made).toBeGreaterThanOrEqual(items.length);
  });

  it("negative control: a memo that trusts the first member alone gives a replaced member's old value", () => {
    const trusting = new Map<Item, readonly number[]>();
    const values = (items: readonly Item[]) => {
      const first = items[0] as Item;
      const known = trusting.get(first) ?? items.map((item) => item.n);
      trusting.set(first, known);
      return known;
    };
    const items: Item[] = [{ n: 1 }, { n: 2 }, { n: 3 }];
    values(items);
    items[1] = { n: 9 };
    expect(values(items)).not.toEqual(items.map((item) => item.n));
    const memo = new SlidingMemo((item: Item) => [item.n] as const);
    memo.columns([items[0] as Item, { n: 2 }, items[2] as Item]);
    expect(memo.columns(items)).toEqual([[1, 9, 3]]);
  });
});
