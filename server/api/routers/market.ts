import type { SymbolView } from "../contract";
import { readProcedure, router } from "../trpc";

export const marketRouter = router({
  symbols: readProcedure.query(({ ctx }): Promise<SymbolView[]> => ctx.services.queries.symbols(ctx.caller.scope)),
});
