import { AsyncLocalStorage } from "node:async_hooks";
import { newId } from "@/server/adapters/db/new-id";
import { once } from "@/server/adapters/process/once";

/** One for all copies of this module in the process: routes and the logger may be bundled apart. */
const storage = () => once("request-context", () => new AsyncLocalStorage<string>());

/** Id of the request that the caller works for; null outside of one. */
export const currentRequestId = (): string | null => storage().getStore() ?? null;

/** Runs `work` so that everything it leads to, log lines too, knows the request's id. */
export const inRequest = <T>(requestId: string, work: () => T): T => storage().run(requestId, work);

/** The id that came with a request when it is one: 8 to 64 letters, digits, `-`, `_`. Else a new one: nobody writes what they like into our logs. */
export const requestIdOf = (headers: Headers): string => {
  const sent = headers.get("x-request-id");
  return sent !== null && /^[A-Za-z0-9_-]{8,64}$/.test(sent) ? sent : newId();
};
