import { type AccountView, inputs } from "../contract";
import { router, sessionProcedure } from "../trpc";

export const accountRouter = router({
  get: sessionProcedure.query(({ ctx }): Promise<AccountView> => ctx.services.account.get(ctx.caller)),
  delete: sessionProcedure.input(inputs.accountDelete).mutation(async ({ ctx }): Promise<{ ok: true }> => {
    await ctx.services.account.delete(ctx.caller);
    return { ok: true };
  }),
});
