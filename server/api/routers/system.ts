import type { SystemView } from "../contract";
import { readProcedure, router } from "../trpc";

export const systemRouter = router({
  get: readProcedure.query(({ ctx }): Promise<SystemView> => ctx.services.queries.system(ctx.caller.scope)),
});
