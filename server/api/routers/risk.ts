import { type BreakersView, type PortfolioRiskView, riskInputs } from "../contract/risk";
import { adminProcedure, readProcedure, router, tradeProcedure } from "../trpc";

const done = { ok: true } as const;

export const riskRouter = router({
  portfolio: readProcedure
    .input(riskInputs.riskPortfolio)
    .query(({ ctx, input }): Promise<PortfolioRiskView> => ctx.services.risk.portfolio(ctx.caller.scope, input)),
  limits: readProcedure.query(({ ctx }) => ctx.services.risk.limits(ctx.caller.scope)),
  addShock: tradeProcedure.input(riskInputs.riskShock).mutation(({ ctx, input }) => ctx.services.risk.addShock(ctx.caller.scope, input)),
  removeShock: tradeProcedure.input(riskInputs.riskShockId).mutation(async ({ ctx, input }) => {
    await ctx.services.risk.removeShock(ctx.caller.scope, input.shockId);
    return done;
  }),
  breakers: readProcedure.query(({ ctx }): Promise<BreakersView> => ctx.services.risk.breakers(ctx.caller.scope)),
  setBreaker: adminProcedure.input(riskInputs.riskBreakers).mutation(async ({ ctx, input }) => {
    await ctx.services.risk.setBreaker(ctx.caller.scope, input);
    return done;
  }),
  resume: tradeProcedure.input(riskInputs.riskResume).mutation(async ({ ctx, input }) => {
    await ctx.services.risk.resume(ctx.caller.scope, input.agentId);
    return done;
  }),
  check: tradeProcedure.mutation(({ ctx }) => ctx.services.risk.check(ctx.caller.scope)),
  alerts: readProcedure.input(riskInputs.riskAlerts).query(({ ctx, input }) => ctx.services.risk.alerts(ctx.caller.scope, input)),
  acknowledge: tradeProcedure.input(riskInputs.riskAlertId).mutation(async ({ ctx, input }) => {
    await ctx.services.risk.acknowledge(ctx.caller.scope, input.alertId);
    return done;
  }),
  decisions: readProcedure.query(({ ctx }) => ctx.services.risk.decisions(ctx.caller.scope)),
  replay: readProcedure.input(riskInputs.riskDecisionId).query(({ ctx, input }) => ctx.services.risk.replay(ctx.caller.scope, input.decisionId)),
  vetoes: readProcedure.input(riskInputs.riskVetoes).query(({ ctx, input }) => ctx.services.risk.vetoes(ctx.caller.scope, input)),
});
