import { inputs, type MeView, type SessionView } from "../contract";
import { type InvitationView, type OnChainView, peopleInputs, type WorkspaceChoice } from "../contract/people";
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
  /** Invitations for the address that has signed in, in any workspace. */
  invitations: sessionProcedure.query(({ ctx }): Promise<InvitationView[]> => ctx.services.people.invitations(ctx.caller)),
  answerInvitation: sessionProcedure
    .input(peopleInputs.answer)
    .mutation(({ ctx, input }): Promise<{ workspaceId: string }> => ctx.services.people.answer(ctx.caller, input)),
  onChain: sessionProcedure.query(({ ctx }): Promise<OnChainView> => ctx.services.people.onChain(ctx.caller)),
  workspaces: sessionProcedure.query(({ ctx }): Promise<WorkspaceChoice[]> => ctx.services.people.workspaces(ctx.caller)),
  /** What this session looks at from now on. */
  chooseWorkspace: sessionProcedure.input(peopleInputs.chooseWorkspace).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.people.chooseWorkspace(ctx.caller, input.workspaceId);
    return { ok: true };
  }),
});
