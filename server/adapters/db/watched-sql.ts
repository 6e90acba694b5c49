import type { RawSql, SqlRow } from "./database";
import type { StorageWatch } from "./storage-trouble";

/** The same SQL; what fails for want of space says so, and nothing more is asked of a database that has stopped. */
export function watchedSql(sql: RawSql, storage: StorageWatch): RawSql {
  const guarded = async <T>(run: () => Promise<T>, isTransaction = false): Promise<T> => {
    storage.guard(isTransaction);
    try {
      return await run();
    } catch (error) {
      throw storage.explain(error);
    }
  };
  return {
    exec: (text) => guarded(() => sql.exec(text)),
    query: <R extends SqlRow>(text: string, params?: readonly unknown[]) => guarded(() => sql.query<R>(text, params)),
    transaction: (fn) => guarded(() => sql.transaction(fn), true),
  };
}
