import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { type ApiScope, DomainError } from "@/server/shared";
import type { ApiContext } from "./context";
import { errorData, errorMessage, toTrpcError } from "./error-map";

/** Who may call: a scope of the workspace, any signed-in person ("session" refuses API keys), or an owner in person ("owner"). */
export type Access = ApiScope | "session" | "owner" | "any";
const SCOPES: readonly Access[] = ["read", "trade", "admin"];

const t = initTRPC
  .context<ApiContext>()
  .meta<{ access: Access }>()
  .create({
    transformer: superjson,
    errorFormatter: ({ shape, error, ctx }) => ({
      ...shape,
      message: errorMessage(error),
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path, product: errorData(error, ctx?.requestId ?? null) },
    }),
  });

export const { router, createCallerFactory } = t;

const mapped = t.procedure.use(async ({ ctx, path, next }) => {
  const from = performance.now();
  const result = await next();
  const error = result.ok ? null : toTrpcError(result.error.cause instanceof DomainError ? result.error.cause : result.error);
  ctx.onCall?.({ procedure: path, code: error?.code ?? "OK", seconds: (performance.now() - from) / 1000 });
  if (error) throw error;
  return result;
});

function guarded(access: Access) {
  return mapped.meta({ access }).use(async ({ ctx, type, next }) => {
    const { caller } = ctx;
    if (!caller) throw new DomainError("UNAUTHENTICATED", "Sign in first, or send an API key", { kind: "unauthenticated" });
    if ((access === "session" || access === "owner") && caller.via !== "session")
      throw new DomainError("SESSION_REQUIRED", "An API key cannot do this: sign in", { kind: "forbidden" });
    if (access === "owner" && caller.scope.role !== "owner")
      throw new DomainError("OWNER_REQUIRED", "Only an owner of the workspace can do this", { kind: "forbidden" });
    if (SCOPES.includes(access) && !(caller.scope.scopes as readonly Access[]).includes(access))
      throw new DomainError("SCOPE_MISSING", `This needs the "${access}" right`, { kind: "forbidden", data: { needed: access } });
    if (type === "mutation") {
      // A page elsewhere can make a browser send its cookies; it cannot make it lie about its origin.
      if (caller.via === "session" && (ctx.origin === null || !ctx.trustedOrigins.includes(ctx.origin)))
        throw new DomainError("FOREIGN_ORIGIN", "This page may not act for you here", { kind: "forbidden" });
      await ctx.services.limitMutations(caller.via === "session" ? caller.userId : caller.scope.actor.id);
    }
    return next({ ctx: { ...ctx, caller } });
  });
}

export const readProcedure = guarded("read");
export const tradeProcedure = guarded("trade");
export const adminProcedure = guarded("admin");
export const sessionProcedure = guarded("session");
export const ownerProcedure = guarded("owner");
export const signedInProcedure = guarded("any");
