const CONTROL = /^\s*(begin|commit|rollback|savepoint|release)\b/i;

/** Told of a statement when it is sent; what it returns is called when the database has answered, with rows or an error. */
export type StatementListener = (sql: string) => (() => void) | undefined;

type StatementObserver = {
  /** Returns what to call when the statement is answered; null when nobody waits for that. */
  note(sql: string): (() => void) | null;
  /** Returns the way to stop. */
  observe(listener: StatementListener): () => void;
};

/** Tells listeners about every statement that reaches the database, transaction control left out. */
export function statementObserver(): StatementObserver {
  const listeners = new Set<StatementListener>();
  return {
    note(sql) {
      if (listeners.size === 0 || CONTROL.test(sql)) return null;
      const answered: (() => void)[] = [];
      for (const listener of listeners) {
        const then = listener(sql);
        if (then) answered.push(then);
      }
      return answered.length === 0 ? null : () => answered.forEach((then) => void then());
    },
    observe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
