const CONTROL = /^\s*(begin|commit|rollback|savepoint|release)\b/i;

export type StatementObserver = {
  note(sql: string): void;
  /** Returns the way to stop. */
  observe(listener: (sql: string) => void): () => void;
};

/** Tells listeners about every statement that reaches the database, transaction control left out. */
export function statementObserver(): StatementObserver {
  const listeners = new Set<(sql: string) => void>();
  return {
    note(sql) {
      if (listeners.size === 0 || CONTROL.test(sql)) return;
      for (const listener of listeners) listener(sql);
    },
    observe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
