import { type BacktestExport, type BacktestOptions, type BacktestsView, type BacktestView, backtestInputs } from "../contract/backtests";
import { readProcedure, router, tradeProcedure } from "../trpc";

export const backtestsRouter = router({
  options: readProcedure.query(({ ctx }): Promise<BacktestOptions> => ctx.services.backtests.options(ctx.caller.scope)),
  list: readProcedure
    .input(backtestInputs.backtests)
    .query(({ ctx, input }): Promise<BacktestsView> => ctx.services.backtests.list(ctx.caller.scope, input)),
  get: readProcedure
    .input(backtestInputs.backtestId)
    .query(({ ctx, input }): Promise<BacktestView> => ctx.services.backtests.get(ctx.caller.scope, input.backtestId)),
  export: readProcedure
    .input(backtestInputs.backtestExport)
    .query(({ ctx, input }): Promise<BacktestExport> => ctx.services.backtests.export(ctx.caller.scope, input.backtestId, input.format)),
  create: tradeProcedure
    .input(backtestInputs.backtestCreate)
    .mutation(({ ctx, input }): Promise<{ backtestId: string }> => ctx.services.backtests.create(ctx.caller.scope, input)),
  cancel: tradeProcedure.input(backtestInputs.backtestId).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.backtests.cancel(ctx.caller.scope, input.backtestId);
    return { ok: true };
  }),
  resume: tradeProcedure.input(backtestInputs.backtestId).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.backtests.resume(ctx.caller.scope, input.backtestId);
    return { ok: true };
  }),
  delete: tradeProcedure.input(backtestInputs.backtestId).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.backtests.remove(ctx.caller.scope, input.backtestId);
    return { ok: true };
  }),
});
