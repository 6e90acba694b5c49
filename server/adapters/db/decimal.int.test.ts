import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Fixed, fixed } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decimalToFixed, fixedToDecimal } from "./decimal";

const LIMIT = 10n ** 38n - 1n;
/** Any value of Decimal(38,18), the ends and the smallest unit among them. */
const value = fc.oneof(fc.bigInt(-LIMIT, LIMIT), fc.constantFrom(LIMIT, -LIMIT, 1n, -1n, 0n, 10n ** 18n)).map((x) => x as Fixed);

it("Fixed and Decimal(38,18) hold the same numbers", () => {
  fc.assert(
    fc.property(value, (x) => {
      expect(decimalToFixed(fixedToDecimal(x))).toBe(x);
    }),
    { numRuns: 2_000 },
  );
});

it("products of Decimals keep 40 digits", () => {
  const x = fixedToDecimal(fixed("12345678901234567890.123456789012345678"));
  expect(x.times(1).toFixed()).toBe("12345678901234567890.123456789012345678");
});

describeDatabase("Decimal(38,18) in the database", (db) => {
  it("is written and read without losing a digit", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (values) => {
        const agentId = randomUUID();
        const data = values.map((v, i) => ({
          agentId,
          at: new Date(i),
          equity: fixedToDecimal(v),
          hold: fixedToDecimal(v),
          cash: fixedToDecimal(v),
        }));
        await db().prisma.equityPoint.createMany({ data });
        const rows = await db().prisma.equityPoint.findMany({ where: { agentId }, orderBy: { at: "asc" } });
        expect(rows.map((r) => decimalToFixed(r.equity))).toEqual(values);
        const texts = await db().raw.query<{ t: string }>(`SELECT equity::text AS t FROM "EquityPoint" WHERE "agentId" = $1 ORDER BY at`, [agentId]);
        expect(texts.map((r) => fixed(r.t))).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });
});
