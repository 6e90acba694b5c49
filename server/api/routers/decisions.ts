import { type DecisionDetail, type DecisionRow, inputs, type ReplayView } from "../contract";
import { readProcedure, router } from "../trpc";

export const decisionsRouter = router({
  list: readProcedure
    .input(inputs.decisions)
    .query(({ ctx, input }): Promise<{ rows: DecisionRow[]; nextCursor: string | null }> => ctx.services.queries.decisions(ctx.caller.scope, input)),
  get: readProcedure
    .input(inputs.turnId)
    .query(({ ctx, input }): Promise<DecisionDetail> => ctx.services.queries.decisionDetail(ctx.caller.scope, input.turnId)),
  /** Computes; changes nothing. A mutation only so that no cache answers for it. */
  replay: readProcedure
    .input(inputs.turnId)
    .mutation(({ ctx, input }): Promise<ReplayView> => ctx.services.replay.replay(ctx.caller.scope, input.turnId)),
});
