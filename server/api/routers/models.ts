import { inputs, type ModelsView, type ModelTestView } from "../contract";
import { adminProcedure, readProcedure, router } from "../trpc";

export const modelsRouter = router({
  get: readProcedure.query(({ ctx }): Promise<ModelsView> => ctx.services.queries.models(ctx.caller.scope)),
  setKey: adminProcedure
    .input(inputs.modelKeySet)
    .mutation(({ ctx, input }): Promise<{ hint: string }> => ctx.services.modelKeys.set(ctx.caller.scope, input)),
  removeKey: adminProcedure.input(inputs.modelProvider).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.modelKeys.remove(ctx.caller.scope, input.provider);
    return { ok: true };
  }),
  test: adminProcedure
    .input(inputs.modelTest)
    .mutation(({ ctx, input }): Promise<ModelTestView> => ctx.services.modelKeys.test(ctx.caller.scope, input)),
});
