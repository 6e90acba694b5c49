import { type ConnectionsView, type ConnectionTestView, inputs } from "../contract";
import { adminProcedure, readProcedure, router } from "../trpc";

export const connectionsRouter = router({
  get: readProcedure.query(({ ctx }): Promise<ConnectionsView> => ctx.services.connections.get(ctx.caller.scope)),
  set: adminProcedure.input(inputs.connection).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.connections.set(ctx.caller.scope, input);
    return { ok: true };
  }),
  test: adminProcedure.input(inputs.connection).mutation(({ ctx, input }): Promise<ConnectionTestView> => ctx.services.connections.test(input)),
});
