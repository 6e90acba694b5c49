import { randomUUID } from "node:crypto";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { serve as serveFunctions } from "inngest/edge";
import { inngestClient } from "@/inngest/client";
import { schedulerWake, transitionRequested, turnAsked } from "@/inngest/events";
import { durableFunctions } from "@/inngest/functions";
import { BacktestRunner } from "./adapters/backtest/backtest-runner";
import { ChainBalances } from "./adapters/chain/chain-balances";
import { ViemContractSignatureVerifier } from "./adapters/chain/viem-contract-signature-verifier";
import { backupOf } from "./adapters/db/backup/backup-of";
import { writeOwnerToken } from "./adapters/db/backup/owner-token";
import { prismaBacktestTrials } from "./adapters/db/evidence/prisma-backtest-trials";
import { systemIds } from "./adapters/db/new-id";
import { openDatabase } from "./adapters/db/open-database";
import { PrismaAgentStore } from "./adapters/db/prisma-agent-store";
import { PrismaApiKeyRepository } from "./adapters/db/prisma-api-key-repository";
import { PrismaBudgetRepository } from "./adapters/db/prisma-budget-repository";
import { PrismaMarketSourceRepository } from "./adapters/db/prisma-market-source-repository";
import { PrismaMonitorStore } from "./adapters/db/prisma-monitor-store";
import { PrismaNonceRepository } from "./adapters/db/prisma-nonce-repository";
import { PrismaOrderStore } from "./adapters/db/prisma-order-store";
import { PrismaRiskRepository } from "./adapters/db/prisma-risk-repository";
import { PrismaSecretRepository } from "./adapters/db/prisma-secret-repository";
import { PrismaSessionRepository } from "./adapters/db/prisma-session-repository";
import { PrismaTickStore } from "./adapters/db/prisma-tick-store";
import { PrismaTurnStore } from "./adapters/db/prisma-turn-store";
import { PrismaUserRepository } from "./adapters/db/prisma-user-repository";
import { PrismaVetoStore } from "./adapters/db/prisma-veto-store";
import { PrismaWorkspaceRepository } from "./adapters/db/prisma-workspace-repository";
import { PrismaQueries } from "./adapters/db/queries/prisma-queries";
import { workspaceOfAgent } from "./adapters/db/workspace-of-agent";
import { EmbeddedEngine } from "./adapters/engine/embedded-engine";
import { RunBook } from "./adapters/engine/run-book";
import { openEventLog } from "./adapters/events/open-event-log";
import { PaperExchangeClient } from "./adapters/exchanges/paper/paper-exchange-client";
import { PrismaPaperAccountStore } from "./adapters/exchanges/paper/prisma-paper-account-store";
import { AnthropicModelClient } from "./adapters/llm/anthropic-model-client";
import { VenueRegistry } from "./adapters/market/exchange/venue-registry";
import { VENUES } from "./adapters/market/exchange/venues";
import { WorkspaceFeeds } from "./adapters/market/workspace-feeds";
import { WorkspaceVenuePrices } from "./adapters/market/workspace-venue-prices";
import { computeRisk } from "./adapters/process/compute-risk";
import { once } from "./adapters/process/once";
import { systemClock } from "./adapters/process/system-clock";
import { EnvelopeVault } from "./adapters/vault/envelope-vault";
import { openLocalKeyFile } from "./adapters/vault/local-key-file";
import { parseVaultKey } from "./adapters/vault/master-keys";
import {
  LiveAgentService,
  LiveTickScheduler,
  LiveTurnRunner,
  latestStartOf,
  NO_CRASH,
  StandingHalts,
  turnCode,
  VetoLedger,
  type WorkQueue,
} from "./agents";
import { errorResponse } from "./api/error-response";
import { handleBackup } from "./api/handle-backup";
import { handleEvents } from "./api/handle-events";
import { handleExport } from "./api/handle-export";
import { handleMetrics } from "./api/handle-metrics";
import { handleNonce } from "./api/handle-nonce";
import { handleTrpc } from "./api/handle-trpc";
import { serveRoute } from "./api/serve-route";
import type { Services } from "./api/services";
import { LiveAccountService } from "./api/services-live/account-service";
import { LiveApiKeyService } from "./api/services-live/api-key-service";
import { LiveBacktestService } from "./api/services-live/backtest-service";
import { LiveConnectionService } from "./api/services-live/connection-service";
import { evidenceService } from "./api/services-live/evidence-service";
import { LiveModelKeyService } from "./api/services-live/model-key-service";
import { LivePeopleService } from "./api/services-live/people-service";
import { LiveReplayService } from "./api/services-live/replay-service";
import { PortfolioRiskService } from "./api/services-live/risk/portfolio-risk-service";
import { LiveRiskService } from "./api/services-live/risk/risk-service";
import { LiveRunService } from "./api/services-live/run-service";
import { LiveSessionService } from "./api/services-live/session-service";
import { LiveWorkspaceService } from "./api/services-live/workspace-service";
import { authOptions } from "./auth/auth-options";
import { AuthService } from "./auth/auth-service";
import { rateLimit } from "./auth/rate-limit";
import { systemScope } from "./auth/scope";
import { sessionSecret } from "./auth/session-secret";
import { trustedOrigins } from "./auth/trusted-origins";
import { buildId } from "./build-id";
import { composeGoals } from "./container/goals";
import { keepStoringHalts } from "./container/keep-storing-halts";
import { moneyOf, walletsOf } from "./container/wallets";
import { env } from "./env";
import { openMarket } from "./market-source";
import { collectGauges } from "./observability/collect-gauges";
import { countCall, countStream } from "./observability/count-api";
import { createLogger } from "./observability/logger";
import { createMetrics, watchProcess } from "./observability/metrics";
import { observeTurns } from "./observability/observe-turns";
import { requestIdOf } from "./observability/request-context";
import { type SystemReport, systemReport } from "./observability/system-report";
import { watchDatabase } from "./observability/watch-database";
import { watchFunctions } from "./observability/watch-functions";
import { watchFeed, watchModel, watchOrderStore, watchRateLimit, watchTurnStore } from "./observability/watch-ports";
import { Monitor } from "./risk";
import { DAY_MS, DomainError, fixed, hashId, notFound, type TenantScope } from "./shared";
import { venueUrls } from "./venue-urls";

const KEEP_MS = 7 * DAY_MS;

export type Container = Awaited<ReturnType<typeof build>>;

/** The composition root: the only place where ports meet adapters. One per process, made at first use. */
export const container = (): Promise<Container> => once("container", build);

/** What the routes under app/api serve. Not part of the container: in development an edit takes effect without a new one. */
export const http = {
  trpc: (request: Request): Promise<Response> =>
    serve("trpc", request, ({ auth, services, env, log, metrics }) =>
      handleTrpc(request, { auth, services, log, trustedOrigins: trustedOrigins(env), onCall: (call) => countCall(metrics, call) }),
    ),
  events: (request: Request): Promise<Response> =>
    serve("events", request, ({ auth, events, metrics, env }) =>
      handleEvents(request, { auth, reader: events.log, opened: () => countStream(metrics), maxMs: env.EVENT_STREAM_MAX_S * 1000 }),
    ),
  nonce: (request: Request): Promise<Response> => serve("auth/nonce", request, ({ auth, env }) => handleNonce(request, { auth, origin: env.origin })),
  export: (request: Request): Promise<Response> => serve("export", request, ({ auth, services }) => handleExport(request, { auth, services })),
  metrics: (request: Request): Promise<Response> =>
    serve("metrics", request, ({ env, readMetrics }) => handleMetrics(request, { env, read: readMetrics })),
  backup: (request: Request): Promise<Response> =>
    serve("backup", request, ({ db, ownerToken, clocks }) =>
      handleBackup(request, { token: ownerToken, make: () => backupOf(db, clocks.wall.now()) }),
    ),
  /** Asks nothing of any part of the product. */
  live: (request: Request): Response =>
    Response.json({ ok: true }, { headers: { "cache-control": "no-store", "x-request-id": requestIdOf(request.headers) } }),
  /** What the API has not: said in its own words, with an id, instead of by a page. */
  nothing: (request: Request): Promise<Response> => serve("[...path]", request, async () => errorResponse(notFound("This address"))),
  /** Any other route: `name` as its folder is called. */
  serve,
  async signInOptions() {
    const { auth, secret, env } = await container();
    return authOptions(auth, { secret, origin: env.origin });
  },
};

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function serve(name: string, request: Request, handle: (container: Container) => Promise<Response>): Promise<Response> {
  const c = await container();
  return serveRoute(request, { route: `/api/${name}`, metrics: c.metrics, log: c.log }, () => handle(c));
}

async function build() {
  const e = env();
  const log = once("logger", () => createLogger(e.LOG_LEVEL));
  const startedAt = systemClock.now();
  const opened = await openDatabase({
    ...(e.DATABASE_URL ? { databaseUrl: e.DATABASE_URL } : { dataDir: e.dataDir }),
    building: e.building,
    onProgress: (line) => log.info(line),
  });
  const metrics = createMetrics();
  watchProcess(metrics);
  const db = watchDatabase(opened, metrics);
  const ownerToken = db.kind === "pglite" ? writeOwnerToken(e.dataDir) : null;
  db.setUrl(e.origin);
  const wall = systemClock;
  const openedMarket = await openMarket(e, db, wall);
  const market = { ...openedMarket, feed: watchFeed(openedMarket.feed, metrics) };
  const clocks = { wall, market: market.clock };
  const events = await openEventLog(db, { onError: (err) => log.error({ err }, "event log") });
  const vault = new EnvelopeVault(
    new PrismaSecretRepository(db),
    e.VAULT_KEY ? parseVaultKey(e.VAULT_KEY) : openLocalKeyFile(e.dataDir, e.MEMEPULSE_MODE),
  );
  const sources = new PrismaMarketSourceRepository(db);
  const venues = new VenueRegistry({
    wall,
    sleep,
    random: Math.random,
    symbols: market.feed.symbols().map((s) => s.symbol),
    staleAfterMs: e.MARKET_STALE_AFTER_S * 1000,
    urls: venueUrls(e),
    watchFeed: (feed, told) => watchFeed(feed, metrics, told),
  });
  const feeds = new WorkspaceFeeds({
    base: market.feed,
    venues,
    // Prices of today have no place in a market that plays history.
    choices: async () => (market.live ? sources.all() : []),
    workspaceOf: workspaceOfAgent(db),
    wall,
  });
  const exchange = new PaperExchangeClient({
    feed: market.feed,
    feedOf: (account) => feeds.ofAccount(account),
    rulesOf: (account, symbol) => feeds.rulesOfAccount(account, symbol),
    store: new PrismaPaperAccountStore(db),
    ...(market.seenPrices ? { seenPrices: market.seenPrices } : {}),
  });
  const model = watchModel(
    new AnthropicModelClient({
      secrets: (scope, kind) => vault.read(scope, kind),
      wall,
      ...(e.ANTHROPIC_BASE_URL ? { baseURL: e.ANTHROPIC_BASE_URL } : {}),
    }),
    metrics,
  );
  const budget = new PrismaBudgetRepository(db);
  const turns = watchTurnStore(new PrismaTurnStore(db), metrics);
  const orders = watchOrderStore(new PrismaOrderStore(db), metrics);
  const agents = new PrismaAgentStore(db);
  const code = turnCode(buildId());
  const hasModelKey = async (scope: TenantScope) => (await vault.hint(scope, "llm/anthropic")) !== null;

  const halts = new StandingHalts();
  const runner = new LiveTurnRunner({
    halts,
    turns,
    orders,
    feed: market.feed,
    feeds,
    exchange,
    budget,
    model,
    clocks,
    code,
    points: NO_CRASH,
    sleep,
    scopeOf: systemScope,
    latestStart: latestStartOf(market.clock),
    owner: randomUUID(),
    observer: observeTurns(metrics),
  });
  const scheduler = new LiveTickScheduler({
    agents,
    ticks: new PrismaTickStore(db),
    feed: market.feed,
    feeds,
    market: market.clock,
    wall,
    scopeOf: systemScope,
    hasModelKey,
    // Repeats the transfer of creation under its own key: harmless when it was made, needed when a crash came between.
    restoreVenueMoney: async (agent) => {
      const [row] = await db.raw.query<{ amount: string }>(
        `SELECT trim_scale(p.amount)::text AS amount FROM "LedgerTransaction" t JOIN "Posting" p ON p."transactionId" = t.id WHERE t.key = $1 AND t."workspaceId" = $2::uuid AND p.amount > 0`,
        [`allocate:${agent.id}`, agent.workspaceId],
      );
      if (row) await exchange.transfer(agent.id, agent.baseCurrency, fixed(row.amount), "initial");
    },
  });

  const onEngineError = (err: unknown) => {
    if (err instanceof DomainError && err.code === "FUNCTION_FAILED") metrics.engineFailures.inc();
    log.error({ err }, "durable work");
  };
  const engine = e.realInngest ? null : new EmbeddedEngine({ db, wall, origin: e.origin, onError: onEngineError });
  const client = inngestClient(engine);
  const queue: WorkQueue = {
    requestTurn: async (r) => void (await client.send(turnAsked.create(r, { id: hashId("turn", r.agentId, r.tickId) }))),
    requestTransition: async (workspaceId, agentId, id) => void (await client.send(transitionRequested.create({ workspaceId, agentId }, { id }))),
    wakeScheduler: async () => void (await client.send(schedulerWake.create({}))),
  };
  const money = moneyOf({ db, feed: market.feed, feeds, exchange, clocks });
  const agentService = new LiveAgentService({
    agents,
    orders,
    feed: market.feed,
    feeds,
    exchange,
    money,
    clocks,
    ids: systemIds,
    queue,
    turns: runner,
    hasModelKey,
    halts,
  });
  const haltsStored = keepStoringHalts(agentService, (error) => log.error({ err: error }, "a halt could not be stored"));
  const nonces = new PrismaNonceRepository(db);
  const goals = composeGoals({ db, money, agents: agentService, agentStore: agents, feeds, budget, model, clocks });
  const wallets = walletsOf({ db, feed: market.feed, feeds, exchange, clocks, money, closer: agentService, goals: goals.capital });
  const monitor = new Monitor({
    store: new PrismaMonitorStore(db),
    mitigation: agentService,
    feeds,
    venues: new WorkspaceVenuePrices({ feeds, venues, wall, sleep }),
    clocks,
    build: code.build,
    scopeOf: systemScope,
    breathe: () => setImmediate(),
    onDecision: ({ kind, step }) => metrics.breakers.inc({ breaker: kind, step }),
  });
  const functions = durableFunctions({
    client,
    turns: runner,
    scheduler,
    vetoes: new VetoLedger({ store: new PrismaVetoStore(db), feeds, market: market.clock }),
    monitor,
    goals: goals.checks,
    wallets: wallets.work,
    wallAt: (at) => market.clock.wallAt(at),
    // Ours counts from the tick's instant. A server may count from when it was told, more than a minute ahead; late ticks refuse themselves.
    tickStartsWithin: engine ? "50s" : "150s",
    expire: async () => {
      await engine?.retain(KEEP_MS);
      await db.maintain();
      // No window of a breaker is longer.
      await db.prisma.profitHigh.deleteMany({ where: { hour: { lt: new Date(clocks.market.now() - 8 * DAY_MS) } } });
      return (await nonces.deleteExpired(wall.now())) + (await events.log.deleteBefore(wall.now() - e.EVENT_KEEP_DAYS * DAY_MS));
    },
  });
  const inngestHandler = watchFunctions(
    serveFunctions({ client, functions }),
    functions.flatMap((f) => [f.id(client.id), `${f.id(client.id)}-failure`]),
    metrics,
  );
  const sessions = new PrismaSessionRepository(db);
  const apiKeys = new PrismaApiKeyRepository(db);
  const secret = sessionSecret(e);
  const contractWallets = new ViemContractSignatureVerifier(e.EVM_RPC_URLS, {
    onProblem: (problem) => log.warn(problem, "a chain could not be asked about a sign-in"),
  });
  const auth = new AuthService({
    users: new PrismaUserRepository(db),
    sessions,
    nonces,
    apiKeys,
    clocks,
    secret,
    origin: e.origin,
    demoSignIn: !e.production,
    limitSignIn: watchRateLimit(rateLimit(e.RATE_LIMIT_SIGN_IN), "sign_in", metrics),
    ...(e.EVM_RPC_URLS.size > 0 ? { contractWallets } : {}),
  });
  const report = (): Promise<SystemReport> =>
    systemReport({
      env: e,
      db,
      feed: market.feed,
      clocks,
      engine: engine !== null,
      startedAt,
      halts,
      venues: async () => (await feeds.venuesInUse()).map((id) => ({ id, label: VENUES[id].label, ...venues.state(id) })),
    });
  const marketOf = async (workspaceId: string) => ({
    feed: await feeds.of(workspaceId),
    exchange: { instrument: async (symbol: string) => (await feeds.rules(workspaceId, symbol)) ?? exchange.instrument(symbol) },
  });
  const feedOf = (workspaceId: string) => feeds.of(workspaceId);
  const backtests = new BacktestRunner({
    db,
    wall,
    owner: randomUUID(),
    build: code.build,
    candlesDir: e.MARKET_CANDLES_DIR ? path.resolve(/*turbopackIgnore: true*/ e.MARKET_CANDLES_DIR) : null,
    seed: e.MARKET_SEED,
    feedOf,
    instrumentOf: async (workspaceId, symbol) => (await feeds.rules(workspaceId, symbol)) ?? exchange.instrument(symbol),
    onError: (err) => log.error({ err }, "backtests"),
  });
  const services: Services = {
    mode: e.MEMEPULSE_MODE,
    agents: agentService,
    queries: new PrismaQueries(
      { db, feed: market.feed, exchange, clocks },
      {
        keyHint: (scope) => vault.hint(scope, "llm/anthropic"),
        parts: async () => (await report()).parts,
        build: code.build,
        mode: e.MEMEPULSE_MODE,
        market: marketOf,
      },
    ),
    replay: new LiveReplayService({ db, turns, code, wall }),
    modelKeys: new LiveModelKeyService({ db, vault, model, budget, clocks, ids: systemIds }),
    apiKeys: new LiveApiKeyService(apiKeys, wall),
    sessions: new LiveSessionService(sessions, wall),
    workspace: new LiveWorkspaceService(new PrismaWorkspaceRepository(db), halts),
    connections: new LiveConnectionService({ base: market.feed, live: market.live, venues, feeds, sources, clocks }),
    evidence: evidenceService(db, feeds, prismaBacktestTrials(db)),
    runs: new LiveRunService(db, engine && new RunBook(db, engine.context, () => engine.poke())),
    backtests: new LiveBacktestService({ db, clocks, feedOf, runner: backtests }),
    goals: goals.api,
    people: new LivePeopleService({
      db,
      wall,
      chain: e.EVM_RPC_URLS.size > 0 ? new ChainBalances({ urls: e.EVM_RPC_URLS, tokens: e.EVM_TOKENS, wall }) : null,
    }),
    account: new LiveAccountService({ db, agents: agentService, wall }),
    risk: new LiveRiskService({
      repository: new PrismaRiskRepository(db),
      monitor,
      portfolio: new PortfolioRiskService({ db, feeds, clocks, compute: computeRisk(), venue: exchange.venue.label }),
      agents: agentService,
      queries: async (workspaceId) => ({ db, clocks, ...(await marketOf(workspaceId)) }),
      clocks,
      build: code.build,
    }),
    wallets: wallets.service,
    limitMutations: watchRateLimit(rateLimit(e.RATE_LIMIT_MUTATIONS), "mutations", metrics),
  };

  return {
    env: e,
    build: code.build,
    log,
    db,
    ownerToken,
    clocks,
    market,
    exchange,
    events,
    auth,
    secret,
    services,
    backtests,
    engine,
    queue,
    report,
    metrics,
    async readMetrics(): Promise<string> {
      const onError = (err: unknown) => log.warn({ err }, "metrics");
      await collectGauges(metrics, { db, feed: market.feed, clocks, embedded: engine !== null, onError });
      return metrics.registry.metrics();
    },
    inngestHandler,
    /** Ends what runs, in order: durable work, the event log, the database. */
    async close() {
      await engine?.stop();
      haltsStored();
      await backtests.close();
      await venues.close();
      await events.close();
      await db.close();
    },
  };
}
