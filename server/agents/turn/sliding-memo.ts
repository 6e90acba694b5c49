type Run<T> = { readonly items: T[]; readonly columns: unknown[][] /** Where the last window began. */; start: number };

/** A run longer than this is left behind, and so many are kept, the last used first: what is remembered is bounded. */
const LONGEST_RUN = 1_024;
const RUNS = 32;
/** How far a window may have moved on since the last one of its run. */
const REACH = 8;

/**
 * Columns of values made from the members of sliding windows. Successive windows share all members but a few (the same objects),
 * and only new members are computed: a backtest's tick costs one bar, not two hundred. A window that shares nothing is computed whole.
 * Members are compared one by one, never trusted by their place. (A WeakMap per member would cost more than it saves at a million bars.)
 */
export class SlidingMemo<T extends object, V extends readonly unknown[]> {
  #runs: Run<T>[] = [];

  /** `make`: a row of values for one member, one per column. */
  constructor(private readonly make: (item: T) => V) {}

  /** One array per column, one value per item, in order; no column when there is no item. */
  columns(items: readonly T[]): { readonly [K in keyof V]: readonly V[K][] } | readonly [] {
    const first = items[0];
    if (!first) return [];
    const run = this.#continued(first, items) ?? this.#fresh();
    const end = run.start + items.length;
    for (let i = run.items.length - run.start; i < items.length; i++) this.#append(run, items[i] as T);
    return run.columns.map((c) => c.slice(run.start, end)) as unknown as { readonly [K in keyof V]: readonly V[K][] };
  }

  /** The run that these items go on with: the same members as far as it goes. */
  #continued(first: T, items: readonly T[]): Run<T> | null {
    for (const [n, run] of this.#runs.entries()) {
      for (let start = run.start; start <= run.start + REACH && start < run.items.length; start++) {
        if (run.items[start] !== first || start + items.length > LONGEST_RUN) continue;
        const shared = Math.min(items.length, run.items.length - start);
        let same = 1;
        while (same < shared && run.items[start + same] === items[same]) same++;
        if (same < shared) continue;
        run.start = start;
        if (n > 0) this.#runs = [run, ...this.#runs.filter((r) => r !== run)];
        return run;
      }
    }
    return null;
  }

  #fresh(): Run<T> {
    const run: Run<T> = { items: [], columns: [], start: 0 };
    this.#runs = [run, ...this.#runs.slice(0, RUNS - 1)];
    return run;
  }

  #append(run: Run<T>, item: T): void {
    run.items.push(item);
    const values = this.make(item);
    for (let i = 0; i < values.length; i++) {
      const column = run.columns[i];
      if (column) column.push(values[i]);
      else run.columns[i] = [values[i]];
    }
  }
}
