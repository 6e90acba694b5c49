import { DomainError } from "@/server/shared";
import { walletInputs as i } from "../contract/wallets";
import { adminProcedure, ownerProcedure, readProcedure, router, tradeProcedure } from "../trpc";

const done = { ok: true } as const;

export const walletsRouter = router({
  tree: readProcedure.input(i.walletTree).query(({ ctx, input }) => ctx.services.wallets.tree(ctx.caller.scope, input)),
  children: readProcedure.input(i.walletChildren).query(({ ctx, input }) => ctx.services.wallets.children(ctx.caller.scope, input)),
  node: readProcedure.input(i.walletNode).query(({ ctx, input }) => ctx.services.wallets.node(ctx.caller.scope, input)),
  statement: readProcedure.input(i.walletStatement).query(({ ctx, input }) => ctx.services.wallets.statement(ctx.caller.scope, input)),
  statementCsv: readProcedure.input(i.walletStatementCsv).query(({ ctx, input }) => ctx.services.wallets.statementCsv(ctx.caller.scope, input)),
  preview: readProcedure.input(i.walletPreview).query(({ ctx, input }) => ctx.services.wallets.preview(ctx.caller.scope, input.orders)),
  create: tradeProcedure.input(i.walletCreate).mutation(({ ctx, input }) => ctx.services.wallets.create(ctx.caller.scope, input)),
  rename: tradeProcedure.input(i.walletRename).mutation(async ({ ctx, input }) => {
    await ctx.services.wallets.rename(ctx.caller.scope, input);
    return done;
  }),
  place: adminProcedure.input(i.walletPlace).mutation(async ({ ctx, input }) => {
    await ctx.services.wallets.place(ctx.caller.scope, input);
    return done;
  }),
  close: tradeProcedure.input(i.walletNodeId).mutation(async ({ ctx, input }) => {
    await ctx.services.wallets.close(ctx.caller.scope, input.nodeId);
    return done;
  }),
  setRules: adminProcedure.input(i.walletRules).mutation(async ({ ctx, input }) => {
    await ctx.services.wallets.setRules(ctx.caller.scope, input);
    return done;
  }),
  setFarm: adminProcedure.input(i.walletFarm).mutation(async ({ ctx, input }) => {
    await ctx.services.wallets.setFarm(ctx.caller.scope, input);
    return done;
  }),
  move: tradeProcedure.input(i.walletMove).mutation(({ ctx, input }) => ctx.services.wallets.move(ctx.caller.scope, input)),
  recall: tradeProcedure.input(i.walletRecall).mutation(({ ctx, input }) => ctx.services.wallets.recall(ctx.caller.scope, input)),
  cancelRecall: tradeProcedure
    .input(i.walletMovementId)
    .mutation(({ ctx, input }) => ctx.services.wallets.cancelRecall(ctx.caller.scope, input.movementId)),
  undo: tradeProcedure.input(i.walletMovementId).mutation(({ ctx, input }) => ctx.services.wallets.undo(ctx.caller.scope, input.movementId)),
  decide: ownerProcedure.input(i.walletDecide).mutation(({ ctx, input }) => ctx.services.wallets.decide(ctx.caller.scope, input)),
  rebalancePreview: readProcedure
    .input(i.walletRebalancePreview)
    .query(({ ctx, input }) => ctx.services.wallets.rebalancePreview(ctx.caller.scope, input)),
  rebalance: tradeProcedure.input(i.walletRebalance).mutation(({ ctx, input }) => ctx.services.wallets.rebalance(ctx.caller.scope, input)),
  acceptRebalance: ownerProcedure
    .input(i.walletRebalanceId)
    .mutation(({ ctx, input }) => ctx.services.wallets.acceptRebalance(ctx.caller.scope, input.rebalanceId)),
  setRebalance: tradeProcedure.input(i.walletSetRebalance).mutation(async ({ ctx, input }) => {
    if (input.apply && input.schedule !== "off" && !ctx.caller.scope.scopes.includes("admin"))
      throw new DomainError("SCOPE_MISSING", "Only an owner lets a schedule move money by itself; let it only propose, and an owner agrees.", {
        kind: "forbidden",
        field: "apply",
        data: { needed: "admin" },
      });
    await ctx.services.wallets.setRebalance(ctx.caller.scope, input);
    return done;
  }),
});
