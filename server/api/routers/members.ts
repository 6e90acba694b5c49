import { type MembersView, peopleInputs } from "../contract/people";
import { ownerProcedure, readProcedure, router, sessionProcedure } from "../trpc";

const done = { ok: true } as const;

export const membersRouter = router({
  list: readProcedure.query(({ ctx }): Promise<MembersView> => ctx.services.people.members(ctx.caller)),
  invite: ownerProcedure.input(peopleInputs.invite).mutation(({ ctx, input }) => ctx.services.people.invite(ctx.caller, input)),
  revokeInvitation: ownerProcedure.input(peopleInputs.invitationId).mutation(async ({ ctx, input }) => {
    await ctx.services.people.revokeInvitation(ctx.caller, input.invitationId);
    return done;
  }),
  setRole: ownerProcedure.input(peopleInputs.memberRole).mutation(async ({ ctx, input }) => {
    await ctx.services.people.setRole(ctx.caller, input);
    return done;
  }),
  remove: ownerProcedure.input(peopleInputs.memberId).mutation(async ({ ctx, input }) => {
    await ctx.services.people.remove(ctx.caller, input.userId);
    return done;
  }),
  leave: sessionProcedure.mutation(async ({ ctx }) => {
    await ctx.services.people.leave(ctx.caller);
    return done;
  }),
});
