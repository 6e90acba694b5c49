import { accountRouter } from "./routers/account";
import { agentsRouter } from "./routers/agents";
import { apiKeysRouter } from "./routers/api-keys";
import { backtestsRouter } from "./routers/backtests";
import { connectionsRouter } from "./routers/connections";
import { decisionsRouter } from "./routers/decisions";
import { marketRouter } from "./routers/market";
import { meRouter } from "./routers/me";
import { modelsRouter } from "./routers/models";
import { overviewRouter } from "./routers/overview";
import { runsRouter } from "./routers/runs";
import { systemRouter } from "./routers/system";
import { workspaceRouter } from "./routers/workspace";
import { router } from "./trpc";

export const appRouter = router({
  me: meRouter,
  market: marketRouter,
  overview: overviewRouter,
  agents: agentsRouter,
  decisions: decisionsRouter,
  models: modelsRouter,
  apiKeys: apiKeysRouter,
  workspace: workspaceRouter,
  connections: connectionsRouter,
  system: systemRouter,
  runs: runsRouter,
  backtests: backtestsRouter,
  account: accountRouter,
});

/** The type a client needs; no code comes with it. */
export type AppRouter = typeof appRouter;
