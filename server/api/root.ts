import { accountRouter } from "./routers/account";
import { agentsRouter } from "./routers/agents";
import { apiKeysRouter } from "./routers/api-keys";
import { auditRouter } from "./routers/audit";
import { backtestsRouter } from "./routers/backtests";
import { connectionsRouter } from "./routers/connections";
import { decisionsRouter } from "./routers/decisions";
import { evidenceRouter } from "./routers/evidence";
import { goalsRouter } from "./routers/goals";
import { marketRouter } from "./routers/market";
import { meRouter } from "./routers/me";
import { membersRouter } from "./routers/members";
import { modelsRouter } from "./routers/models";
import { overviewRouter } from "./routers/overview";
import { riskRouter } from "./routers/risk";
import { runsRouter } from "./routers/runs";
import { systemRouter } from "./routers/system";
import { walletsRouter } from "./routers/wallets";
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
  evidence: evidenceRouter,
  system: systemRouter,
  runs: runsRouter,
  risk: riskRouter,
  wallets: walletsRouter,
  backtests: backtestsRouter,
  goals: goalsRouter,
  members: membersRouter,
  audit: auditRouter,
  account: accountRouter,
});

/** The type a client needs; no code comes with it. */
export type AppRouter = typeof appRouter;
