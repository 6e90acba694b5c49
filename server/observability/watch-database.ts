import type { Database } from "@/server/adapters/db/database";
import type { Metrics } from "./metrics";

const KINDS = new Set(["select", "insert", "update", "delete"]);

/** The same database; statements and transactions are timed. Statements go by their first word: their text could name anybody. */
export function watchDatabase(db: Database, m: Metrics): Database {
  db.observe((sql) => {
    const word = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? "";
    const kind = KINDS.has(word) ? word : "other";
    const from = performance.now();
    return () => m.statementSeconds.observe({ kind }, (performance.now() - from) / 1000);
  });
  const timed = async <T>(run: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    let outcome = "failed";
    try {
      const result = await run();
      outcome = "committed";
      return result;
    } finally {
      m.transactionSeconds.observe({ outcome }, (performance.now() - from) / 1000);
    }
  };
  return {
    ...db,
    transaction: (fn, options) => timed(() => db.transaction(fn, options)),
    raw: { exec: db.raw.exec, query: db.raw.query, transaction: (fn) => timed(() => db.raw.transaction(fn)) },
  };
}
