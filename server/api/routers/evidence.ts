import { type EvidenceView, type GateView, inputs, type LiveAnswerView } from "../contract";
import { adminProcedure, readProcedure, router, tradeProcedure } from "../trpc";

export const evidenceRouter = router({
  get: readProcedure
    .input(inputs.evidence)
    .query(({ ctx, input }): Promise<EvidenceView> => ctx.services.evidence.get(ctx.caller.scope, input.agentId)),
  requestLive: tradeProcedure
    .input(inputs.requestLive)
    .mutation(({ ctx, input }): Promise<LiveAnswerView> => ctx.services.evidence.requestLive(ctx.caller.scope, input)),
  gate: readProcedure.query(({ ctx }): Promise<GateView> => ctx.services.evidence.gate(ctx.caller.scope)),
  setGate: adminProcedure.input(inputs.gate).mutation(async ({ ctx, input }): Promise<{ ok: true }> => {
    await ctx.services.evidence.setGate(ctx.caller.scope, input);
    return { ok: true };
  }),
});
