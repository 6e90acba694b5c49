import { fixed } from "@/server/shared";
import { toAgentConfig } from "../agent-config";
import { type AgentDetail, type AgentMoneyView, type AgentRow, type CandlesView, type EquityView, inputs } from "../contract";
import { readProcedure, router, tradeProcedure } from "../trpc";

export const agentsRouter = router({
  list: readProcedure.query(({ ctx }): Promise<AgentRow[]> => ctx.services.queries.agentRows(ctx.caller.scope)),
  get: readProcedure
    .input(inputs.agentId)
    .query(({ ctx, input }): Promise<AgentDetail> => ctx.services.queries.agentDetail(ctx.caller.scope, input.agentId)),
  candles: readProcedure.input(inputs.candles).query(({ ctx, input }): Promise<CandlesView> => ctx.services.queries.candles(ctx.caller.scope, input)),
  equity: readProcedure.input(inputs.equity).query(({ ctx, input }): Promise<EquityView> => ctx.services.queries.equity(ctx.caller.scope, input)),
  create: tradeProcedure.input(inputs.agentCreate).mutation(({ ctx, input: { capital, parentNodeId, ...agent } }) =>
    ctx.services.agents.create(ctx.caller.scope, {
      config: toAgentConfig(agent),
      capital: fixed(capital),
      ...(parentNodeId === undefined ? {} : { parentNodeId }),
    }),
  ),
  update: tradeProcedure.input(inputs.agentUpdate).mutation(({ ctx, input }) =>
    ctx.services.agents.update(ctx.caller.scope, {
      agentId: input.agentId,
      expectedVersion: input.expectedVersion,
      config: toAgentConfig(input.config),
    }),
  ),
  start: tradeProcedure.input(inputs.agentId).mutation(({ ctx, input }) => ctx.services.agents.start(ctx.caller.scope, input.agentId)),
  stop: tradeProcedure.input(inputs.agentStop).mutation(({ ctx, input }) => ctx.services.agents.stop(ctx.caller.scope, input.agentId)),
  resume: tradeProcedure.input(inputs.agentId).mutation(({ ctx, input }) => ctx.services.agents.resume(ctx.caller.scope, input.agentId)),
  archive: tradeProcedure.input(inputs.agentId).mutation(({ ctx, input }) => ctx.services.agents.archive(ctx.caller.scope, input.agentId)),
  decideNow: tradeProcedure.input(inputs.decideNow).mutation(({ ctx, input }) => ctx.services.agents.decideNow(ctx.caller.scope, input)),
  kill: tradeProcedure.input(inputs.agentKill).mutation(({ ctx, input }) => ctx.services.agents.kill(ctx.caller.scope, input)),
  fund: tradeProcedure.input(inputs.agentFund).mutation(async ({ ctx, input }): Promise<AgentMoneyView> => {
    return moneyView(await ctx.services.agents.fund(ctx.caller.scope, { agentId: input.agentId, amount: fixed(input.amount), key: input.key }));
  }),
  collect: tradeProcedure.input(inputs.agentFund).mutation(async ({ ctx, input }): Promise<AgentMoneyView> => {
    return moneyView(await ctx.services.agents.collect(ctx.caller.scope, { agentId: input.agentId, amount: fixed(input.amount), key: input.key }));
  }),
});

/** Asked for again under its key, a movement says what has become of it. */
const moneyView = ({ movementId, pendingApproval }: { movementId: string; pendingApproval: boolean }): AgentMoneyView => ({
  ok: true,
  outcome: pendingApproval ? "waits-for-approval" : "moved",
  movementId,
});
