import { expect, it } from "vitest";
import { statementNames } from "./statement-names";

it("names a statement once, another one otherwise, and no more than a connection can keep", () => {
  const nameOf = statementNames({ pooled: false });
  expect(nameOf("SELECT a FROM t")).toBe(nameOf("SELECT a FROM t"));
  expect(nameOf("SELECT b FROM t")).not.toBe(nameOf("SELECT a FROM t"));
  const named = Array.from({ length: 1000 }, (_, i) => nameOf(`SELECT ${i}`)).filter((n) => n !== undefined);
  expect(new Set(named).size).toBe(298);
});

it.each(["SELECT * FROM t", "select t.* from t", "DELETE FROM t RETURNING *"])(
  "does not name what another build's tables would change: %s",
  (sql) => {
    expect(statementNames({ pooled: false })(sql)).toBeUndefined();
  },
);

it("names nothing behind a pooler of transactions", () => {
  expect(statementNames({ pooled: true })("SELECT a FROM t")).toBeUndefined();
});
