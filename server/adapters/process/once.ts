const KEY = Symbol.for("memepulse.singletons");
const registry = globalThis as unknown as Record<symbol, Map<string, unknown> | undefined>;

/**
 * One value per process under a name, made at first use. Modules are evaluated several times in one Next process (instrumentation, routes,
 * pages), so module state is not shared; this is. A failed make is forgotten.
 */
export function once<T>(name: string, make: () => T): T {
  registry[KEY] ??= new Map();
  const known = registry[KEY];
  if (!known.has(name)) {
    const value = make();
    known.set(name, value);
    if (value instanceof Promise) value.catch(() => known.delete(name));
  }
  return known.get(name) as T;
}
