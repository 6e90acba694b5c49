import type { Caller } from "@/server/auth/auth-service";
import type { Services } from "./services";

/** `code` = OK or tRPC's code. */
export type ProcedureCall = { readonly procedure: string; readonly code: string; readonly seconds: number };

/** What every procedure gets. `origin` is the request's Origin header, `trustedOrigins` those a signed-in browser may call from. */
export type ApiContext = {
  readonly caller: Caller | null;
  readonly services: Services;
  readonly requestId: string;
  readonly origin: string | null;
  readonly trustedOrigins: readonly string[];
  /** Told of each procedure call that has ended. */
  readonly onCall?: (call: ProcedureCall) => void;
};
