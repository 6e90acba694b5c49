import { type GoalDetailView, type GoalPreviewView, type GoalsView, goalInputs, type ReadingView, type RestatedView } from "../contract/goals";
import { readProcedure, router, tradeProcedure } from "../trpc";

const done = { ok: true } as const;

export const goalsRouter = router({
  list: readProcedure.query(({ ctx }): Promise<GoalsView> => ctx.services.goals.list(ctx.caller.scope)),
  get: readProcedure
    .input(goalInputs.goalId)
    .query(({ ctx, input }): Promise<GoalDetailView> => ctx.services.goals.get(ctx.caller.scope, input.goalId)),
  /** A sentence, read by the grammar: goals to confirm, or one question. Writes nothing. */
  read: readProcedure.input(goalInputs.goalRead).query(({ ctx, input }): Promise<ReadingView> => ctx.services.goals.read(ctx.caller.scope, input)),
  /** The same by way of a model, paid from the model budget: it puts the sentence into the grammar's form, and the grammar reads that. Writes no goal. */
  restate: tradeProcedure
    .input(goalInputs.goalRestate)
    .mutation(({ ctx, input }): Promise<RestatedView> => ctx.services.goals.restate(ctx.caller.scope, input)),
  preview: readProcedure
    .input(goalInputs.goalPreview)
    .query(({ ctx, input }): Promise<GoalPreviewView> => ctx.services.goals.preview(ctx.caller.scope, input)),
  create: tradeProcedure.input(goalInputs.goalCreate).mutation(({ ctx, input }) => ctx.services.goals.create(ctx.caller.scope, input)),
  edit: tradeProcedure.input(goalInputs.goalEdit).mutation(({ ctx, input }) => ctx.services.goals.edit(ctx.caller.scope, input)),
  act: tradeProcedure.input(goalInputs.goalAct).mutation(({ ctx, input }) => ctx.services.goals.act(ctx.caller.scope, input)),
  undoChange: tradeProcedure.input(goalInputs.goalUndo).mutation(({ ctx, input }) => ctx.services.goals.undoChange(ctx.caller.scope, input)),
  /** Measures now what would be measured within five minutes. */
  check: tradeProcedure.mutation(({ ctx }) => ctx.services.goals.check(ctx.caller.scope)),
  applyProposal: tradeProcedure.input(goalInputs.proposalId).mutation(async ({ ctx, input }) => {
    await ctx.services.goals.proposal(ctx.caller.scope, input.proposalId, "apply");
    return done;
  }),
  undoProposal: tradeProcedure.input(goalInputs.proposalId).mutation(async ({ ctx, input }) => {
    await ctx.services.goals.proposal(ctx.caller.scope, input.proposalId, "undo");
    return done;
  }),
  dismissProposal: tradeProcedure.input(goalInputs.proposalId).mutation(async ({ ctx, input }) => {
    await ctx.services.goals.proposal(ctx.caller.scope, input.proposalId, "dismiss");
    return done;
  }),
});
