import { type ApiKeyView, inputs } from "../contract";
import { adminProcedure, router } from "../trpc";

export const apiKeysRouter = router({
  list: adminProcedure.query(({ ctx }): Promise<ApiKeyView[]> => ctx.services.apiKeys.list(ctx.caller.scope)),
  create: adminProcedure
    .input(inputs.apiKeyCreate)
    .mutation(({ ctx, input }): Promise<{ key: string; view: ApiKeyView }> => ctx.services.apiKeys.create(ctx.caller, input)),
  revoke: adminProcedure.input(inputs.apiKeyId).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.apiKeys.revoke(ctx.caller.scope, input.apiKeyId);
    return { ok: true };
  }),
});
