import type { Tx } from "./database";

/** What a committed transaction has touched, for those in this process who wait for it. */
export type CommitTopic = "events";

const marks = new WeakMap<object, Set<CommitTopic>>();

/** Inside a transaction of `Database.transaction`: tells the topic's listeners once it has committed. Elsewhere without effect. */
export function markForCommit(tx: Tx, topic: CommitTopic): void {
  marks.get(tx)?.add(topic);
}

export type CommitSignals = {
  onCommit(topic: CommitTopic, listener: () => void): () => void;
  /** Runs a transaction function with marks, and gives back what it marked. */
  collect<T>(tx: Tx, fn: (tx: Tx) => Promise<T>): Promise<{ result: T; topics: ReadonlySet<CommitTopic> }>;
  emit(topics: ReadonlySet<CommitTopic>): void;
};

export function commitSignals(): CommitSignals {
  const listeners = new Map<CommitTopic, Set<() => void>>();
  return {
    onCommit(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set);
      set.add(listener);
      return () => void set.delete(listener);
    },
    async collect(tx, fn) {
      const topics = new Set<CommitTopic>();
      marks.set(tx, topics);
      return { result: await fn(tx), topics };
    },
    emit(topics) {
      for (const topic of topics) for (const listener of listeners.get(topic) ?? []) listener();
    },
  };
}
