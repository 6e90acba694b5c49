import fc from "fast-check";
import { expect, it } from "vitest";
import { type Fixed, toNumber, toText } from "./money";

it("a Fixed as a float is the nearest one, however it is made: the same as that of its text", () => {
  const near = 2n ** 53n * 10n ** 10n;
  const any = fc.oneof(
    fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map((n) => n * 10n ** 10n),
    fc.bigInt({ min: near - 10n ** 12n, max: near + 10n ** 12n }),
  );
  fc.assert(
    fc.property(any, (x) => {
      expect(toNumber(x as Fixed)).toBe(Number(toText(x as Fixed)));
    }),
    { numRuns: 2_000 },
  );
});
