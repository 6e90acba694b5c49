import type { RawSql, Tx } from "./database";

/** What a committed transaction has touched, for those in this process who wait for it. */
export type CommitTopic = "events";

const marks = new WeakMap<object, Set<CommitTopic>>();

/** Inside a transaction of `Database.transaction`: tells the topic's listeners once it has committed. Elsewhere without effect. */
export function markForCommit(tx: Tx, topic: CommitTopic): void {
  marks.get(tx)?.add(topic);
}

/** Work inside a marked transaction, last thing before its commit; what it returns is called once the commit is done. */
export type BeforeCommit = (query: RawSql["query"]) => Promise<() => void>;

export type CommitSignals = {
  onCommit(topic: CommitTopic, listener: () => void): () => void;
  beforeCommit(topic: CommitTopic, work: BeforeCommit): () => void;
  /** Runs a transaction function with marks and the work before its commit; gives back what is to be called after it. */
  collect<T>(tx: Tx, fn: (tx: Tx) => Promise<T>): Promise<{ result: T; committed: () => void }>;
};

export function commitSignals(): CommitSignals {
  const listeners = registry<() => void>();
  const works = registry<BeforeCommit>();
  return {
    onCommit: listeners.add,
    beforeCommit: works.add,
    async collect(tx, fn) {
      const topics = new Set<CommitTopic>();
      marks.set(tx, topics);
      const result = await fn(tx);
      const after: (() => void)[] = [];
      for (const topic of topics) {
        for (const work of works.of(topic)) after.push(await work(queryIn(tx)));
        after.push(...listeners.of(topic));
      }
      return { result, committed: () => after.forEach((call) => void call()) };
    },
  };
}

const queryIn =
  (tx: Tx): RawSql["query"] =>
  (sql, params = []) =>
    tx.$queryRawUnsafe(sql, ...params);

function registry<L>() {
  const entries = new Map<CommitTopic, Set<L>>();
  return {
    of: (topic: CommitTopic): readonly L[] => [...(entries.get(topic) ?? [])],
    add(topic: CommitTopic, entry: L): () => void {
      const set = entries.get(topic) ?? new Set();
      entries.set(topic, set);
      set.add(entry);
      return () => void set.delete(entry);
    },
  };
}
