import { inputs, type RunsView, type RunView } from "../contract";
import { readProcedure, router, tradeProcedure } from "../trpc";

export const runsRouter = router({
  list: readProcedure.input(inputs.runs).query(({ ctx, input }): Promise<RunsView> => ctx.services.runs.list(ctx.caller.scope, input)),
  get: readProcedure.input(inputs.runId).query(({ ctx, input }): Promise<RunView> => ctx.services.runs.get(ctx.caller.scope, input.runId)),
  cancel: tradeProcedure.input(inputs.runId).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.runs.cancel(ctx.caller.scope, input.runId);
    return { ok: true };
  }),
  replay: tradeProcedure
    .input(inputs.runId)
    .mutation(({ ctx, input }): Promise<{ runId: string }> => ctx.services.runs.replay(ctx.caller.scope, input.runId)),
});
