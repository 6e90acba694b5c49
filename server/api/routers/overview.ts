import type { OverviewView } from "../contract";
import { readProcedure, router } from "../trpc";

export const overviewRouter = router({
  get: readProcedure.query(({ ctx }): Promise<OverviewView> => ctx.services.queries.overview(ctx.caller.scope)),
});
