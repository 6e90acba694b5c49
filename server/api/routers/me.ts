import { inputs, type MeView, type SessionView } from "../contract";
import { router, sessionProcedure, signedInProcedure } from "../trpc";

export const meRouter = router({
  get: signedInProcedure.query(({ ctx: { caller, services } }): MeView => {
    const { scope } = caller;
    return {
      userId: caller.userId,
      address: caller.address,
      workspace: { ...caller.workspace, role: scope.role },
      isDemo: caller.isDemo,
      mode: services.mode,
      via: caller.via,
      scopes: [...scope.scopes],
      sessionId: caller.sessionId,
    };
  }),
  sessions: sessionProcedure.query(({ ctx }): Promise<SessionView[]> => ctx.services.sessions.list(ctx.caller)),
  revokeSession: sessionProcedure.input(inputs.sessionId).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.sessions.revoke(ctx.caller, input.sessionId);
    return { ok: true };
  }),
});
