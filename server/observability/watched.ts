/** How one call of a port went: `seconds` until it answered; an answer, or an error that is thrown on. */
export type WatchedCall<A, R> = { readonly args: A; readonly seconds: number } & (
  | { readonly ok: true; readonly answer: R }
  | { readonly ok: false; readonly error: unknown }
);
type Watchers<T> = {
  readonly [K in keyof T]?: T[K] extends (...args: infer A) => Promise<infer R> ? (call: WatchedCall<A, R>) => void : never;
};
type Method = (...args: unknown[]) => Promise<unknown>;
type Watcher = (call: WatchedCall<unknown[], unknown>) => void;

/** The same port; each named method also tells its watcher how a call went. Callers notice nothing. */
export function watched<T extends object>(port: T, watchers: Watchers<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      const method = member as Method;
      const watcher = (watchers as Readonly<Record<PropertyKey, Watcher | undefined>>)[name];
      // Called on the target: private members are not reachable through a proxy.
      if (!watcher) return (...args: unknown[]) => method.apply(target, args);
      return async (...args: unknown[]) => {
        const from = performance.now();
        const seconds = () => (performance.now() - from) / 1000;
        let answer: unknown;
        try {
          answer = await method.apply(target, args);
        } catch (error) {
          watcher({ ok: false, args, seconds: seconds(), error });
          throw error;
        }
        watcher({ ok: true, args, seconds: seconds(), answer });
        return answer;
      };
    },
  });
}
