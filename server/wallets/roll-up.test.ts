import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fixed, roundTo, sum, ZERO } from "@/server/shared";
import { type OwnFigures, rollUp, shownAmounts } from "./roll-up";

const amount = fc.bigInt({ min: 0n, max: 10n ** 24n }).map((x) => x as Fixed);
const signed = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }).map((x) => x as Fixed);
/** Random trees: each node's parent is one before it. */
const trees = fc
  .array(
    fc.record({
      under: fc.nat(),
      cash: amount,
      reserved: amount,
      positions: amount,
      capital: amount,
      realised: signed,
      fees: amount,
      isAgent: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((list) =>
    list.map(
      ({ under, ...n }, i): OwnFigures => ({
        ...n,
        id: `n${i}`,
        parentId: i === 0 ? null : `n${under % i}`,
        modelCost: ZERO,
        isAgent: i > 0 && n.isAgent,
      }),
    ),
  );

describe("figures of a tree", () => {
  it("sum: a wallet is worth its own and all under it, and made is realised and unrealised less fees at every level", () => {
    fc.assert(
      fc.property(trees, (own) => {
        const figures = rollUp(own);
        for (const n of figures.values()) {
          const below = n.children.map((id) => figures.get(id));
          expect(n.equity).toBe(n.ownEquity + sum(below.map((c) => c?.equity ?? ZERO)));
          expect(n.allocated).toBe(n.equity - n.ownEquity);
          expect(n.made).toBe(n.realised + n.unrealised - n.fees);
        }
        const root = figures.get("n0");
        expect(root?.equity).toBe(sum(own.flatMap((n) => [n.cash, n.reserved, n.positions])));
      }),
    );
  });

  it("are shown so that parts sum to their whole to the cent, at every level; rounding each by itself does not", () => {
    let naive = 0;
    fc.assert(
      fc.property(trees, (own) => {
        const figures = rollUp(own);
        const shown = shownAmounts(figures, "n0", 2);
        expect(shown.get("n0")?.equity).toBe(roundTo(figures.get("n0")?.equity ?? ZERO, 2, "half-even"));
        for (const n of figures.values()) {
          const mine = shown.get(n.id);
          const below = n.children.map((id) => shown.get(id)?.equity ?? ZERO);
          expect(mine?.equity).toBe((mine?.own ?? ZERO) + sum(below));
          const rounded = [n.ownEquity, ...n.children.map((id) => figures.get(id)?.equity ?? ZERO)].map((x) => roundTo(x, 2, "half-even"));
          if (sum(rounded) !== roundTo(n.equity, 2, "half-even")) naive++;
        }
      }),
    );
    expect(naive).toBeGreaterThan(0);
  });
});
