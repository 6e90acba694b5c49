import { inputs } from "../contract";
import { peopleInputs } from "../contract/people";
import { adminProcedure, readProcedure, router, tradeProcedure } from "../trpc";

export const workspaceRouter = router({
  get: readProcedure.query(({ ctx }) => ctx.services.workspace.get(ctx.caller.scope)),
  setLimits: adminProcedure.input(inputs.workspaceLimits).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.workspace.setLimits(ctx.caller.scope, input);
    return { ok: true };
  }),
  rename: adminProcedure.input(peopleInputs.workspaceName).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.workspace.rename(ctx.caller.scope, input.name);
    return { ok: true };
  }),
  kill: tradeProcedure.input(inputs.workspaceKill).mutation(({ ctx, input }) => ctx.services.agents.killWorkspace(ctx.caller.scope, input)),
  resume: tradeProcedure.mutation(async ({ ctx }): Promise<{ tradingState: "active" }> => {
    await ctx.services.agents.resumeWorkspace(ctx.caller.scope);
    return { tradingState: "active" };
  }),
});
