import { randomUUID } from "node:crypto";
import { serve } from "inngest/edge";
import { inngestClient } from "@/inngest/client";
import { schedulerWake, transitionRequested, turnRequested } from "@/inngest/events";
import { durableFunctions } from "@/inngest/functions";
import { systemIds } from "./adapters/db/new-id";
import { openDatabase } from "./adapters/db/open-database";
import { PrismaAgentStore } from "./adapters/db/prisma-agent-store";
import { PrismaApiKeyRepository } from "./adapters/db/prisma-api-key-repository";
import { PrismaBudgetRepository } from "./adapters/db/prisma-budget-repository";
import { PrismaMarketSourceRepository } from "./adapters/db/prisma-market-source-repository";
import { PrismaNonceRepository } from "./adapters/db/prisma-nonce-repository";
import { PrismaOrderStore } from "./adapters/db/prisma-order-store";
import { PrismaSecretRepository } from "./adapters/db/prisma-secret-repository";
import { PrismaSessionRepository } from "./adapters/db/prisma-session-repository";
import { PrismaTickStore } from "./adapters/db/prisma-tick-store";
import { PrismaTurnStore } from "./adapters/db/prisma-turn-store";
import { PrismaUserRepository } from "./adapters/db/prisma-user-repository";
import { PrismaWorkspaceRepository } from "./adapters/db/prisma-workspace-repository";
import { PrismaQueries } from "./adapters/db/queries/prisma-queries";
import { workspaceOfAgent } from "./adapters/db/workspace-of-agent";
import { EmbeddedEngine } from "./adapters/engine/embedded-engine";
import { openEventLog } from "./adapters/events/open-event-log";
import { PaperExchangeClient } from "./adapters/exchanges/paper/paper-exchange-client";
import { PrismaPaperAccountStore } from "./adapters/exchanges/paper/prisma-paper-account-store";
import { AnthropicModelClient } from "./adapters/llm/anthropic-model-client";
import { VenueRegistry } from "./adapters/market/exchange/venue-registry";
import { WorkspaceFeeds } from "./adapters/market/workspace-feeds";
import { once } from "./adapters/process/once";
import { systemClock } from "./adapters/process/system-clock";
import { EnvelopeVault } from "./adapters/vault/envelope-vault";
import { openLocalKeyFile } from "./adapters/vault/local-key-file";
import { parseVaultKey } from "./adapters/vault/master-keys";
import { LiveAgentService, LiveTickScheduler, LiveTurnRunner, latestStartOf, NO_CRASH, turnCode, type WorkQueue } from "./agents";
import { handleEvents } from "./api/handle-events";
import { handleNonce } from "./api/handle-nonce";
import { handleTrpc } from "./api/handle-trpc";
import type { Services } from "./api/services";
import { LiveApiKeyService } from "./api/services-live/api-key-service";
import { LiveConnectionService } from "./api/services-live/connection-service";
import { LiveModelKeyService } from "./api/services-live/model-key-service";
import { LiveReplayService } from "./api/services-live/replay-service";
import { LiveSessionService } from "./api/services-live/session-service";
import { LiveWorkspaceService } from "./api/services-live/workspace-service";
import { authOptions } from "./auth/auth-options";
import { AuthService } from "./auth/auth-service";
import { rateLimit } from "./auth/rate-limit";
import { systemScope } from "./auth/scope";
import { sessionSecret } from "./auth/session-secret";
import { trustedOrigins } from "./auth/trusted-origins";
import { buildId } from "./build-id";
import { env } from "./env";
import { openMarket } from "./market-source";
import { createLogger } from "./observability/logger";
import { type SystemReport, systemReport } from "./observability/system-report";
import { DAY_MS, fixed, hashId, type TenantScope } from "./shared";
import { venueUrls } from "./venue-urls";

const KEEP_MS = 7 * DAY_MS;

export type Container = Awaited<ReturnType<typeof build>>;

/** The composition root: the only place where ports meet adapters. One per process, made at first use. */
export const container = (): Promise<Container> => once("container", build);

/** What the routes under app/api serve. Not part of the container: in development an edit takes effect without a new one. */
export const http = {
  async trpc(request: Request): Promise<Response> {
    const { auth, services, env, log } = await container();
    return handleTrpc(request, { auth, services, log, trustedOrigins: trustedOrigins(env) });
  },
  async events(request: Request): Promise<Response> {
    const { auth, events } = await container();
    return handleEvents(request, { auth, reader: events.log });
  },
  async nonce(request: Request): Promise<Response> {
    const { auth, env } = await container();
    return handleNonce(request, { auth, origin: env.origin });
  },
  async signInOptions() {
    const { auth, secret, env } = await container();
    return authOptions(auth, { secret, origin: env.origin });
  },
};

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function build() {
  const e = env();
  const log = once("logger", () => createLogger(e.LOG_LEVEL));
  const startedAt = systemClock.now();
  const db = await openDatabase({
    ...(e.DATABASE_URL ? { databaseUrl: e.DATABASE_URL } : { dataDir: e.dataDir }),
    building: e.building,
    onProgress: (line) => log.info(line),
  });
  db.setUrl(e.origin);
  const wall = systemClock;
  const market = await openMarket(e, db, wall);
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
  const model = new AnthropicModelClient({
    secrets: (scope, kind) => vault.read(scope, kind),
    wall,
    ...(e.ANTHROPIC_BASE_URL ? { baseURL: e.ANTHROPIC_BASE_URL } : {}),
  });
  const budget = new PrismaBudgetRepository(db);
  const turns = new PrismaTurnStore(db);
  const orders = new PrismaOrderStore(db);
  const agents = new PrismaAgentStore(db);
  const code = turnCode(buildId());
  const hasModelKey = async (scope: TenantScope) => (await vault.hint(scope, "llm/anthropic")) !== null;

  const runner = new LiveTurnRunner({
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

  const engine = e.realInngest ? null : new EmbeddedEngine({ db, wall, origin: e.origin, onError: (err) => log.error({ err }, "durable work") });
  const client = inngestClient(engine);
  const functions = durableFunctions({
    client,
    turns: runner,
    scheduler,
    wallAt: (at) => market.clock.wallAt(at),
    expire: async () => {
      await engine?.retain(KEEP_MS);
      return (await nonces.deleteExpired(wall.now())) + (await events.log.deleteBefore(wall.now() - KEEP_MS));
    },
  });
  const inngestHandler = serve({ client, functions });
  const queue: WorkQueue = {
    requestTurn: async (r) =>
      void (await client.send(turnRequested.create({ ...r, wallAt: wall.now() }, { id: hashId("turn", r.agentId, r.tickId) }))),
    requestTransition: async (workspaceId, agentId, id) => void (await client.send(transitionRequested.create({ workspaceId, agentId }, { id }))),
    wakeScheduler: async () => void (await client.send(schedulerWake.create({}))),
  };

  const nonces = new PrismaNonceRepository(db);
  const sessions = new PrismaSessionRepository(db);
  const apiKeys = new PrismaApiKeyRepository(db);
  const secret = sessionSecret(e);
  const auth = new AuthService({
    users: new PrismaUserRepository(db),
    sessions,
    nonces,
    apiKeys,
    clocks,
    secret,
    origin: e.origin,
    demoSignIn: !e.production,
    limitSignIn: rateLimit(e.RATE_LIMIT_SIGN_IN),
  });
  const report = (): Promise<SystemReport> => systemReport({ env: e, db, feed: market.feed, clocks, engine: engine !== null, startedAt });
  const services: Services = {
    mode: e.MEMEPULSE_MODE,
    agents: new LiveAgentService({ agents, orders, feed: market.feed, feeds, exchange, clocks, ids: systemIds, queue, turns: runner, hasModelKey }),
    queries: new PrismaQueries(
      { db, feed: market.feed, exchange, clocks },
      {
        keyHint: (scope) => vault.hint(scope, "llm/anthropic"),
        parts: async () => (await report()).parts,
        build: code.build,
        mode: e.MEMEPULSE_MODE,
        market: async (workspaceId) => ({
          feed: await feeds.of(workspaceId),
          exchange: { instrument: async (symbol: string) => (await feeds.rules(workspaceId, symbol)) ?? exchange.instrument(symbol) },
        }),
      },
    ),
    replay: new LiveReplayService({ db, turns, code, wall }),
    modelKeys: new LiveModelKeyService({ db, vault, model, budget, clocks, ids: systemIds }),
    apiKeys: new LiveApiKeyService(apiKeys, wall),
    sessions: new LiveSessionService(sessions, wall),
    workspace: new LiveWorkspaceService(new PrismaWorkspaceRepository(db)),
    connections: new LiveConnectionService({ base: market.feed, live: market.live, venues, feeds, sources, clocks }),
    limitMutations: rateLimit(e.RATE_LIMIT_MUTATIONS),
  };

  return {
    env: e,
    build: code.build,
    log,
    db,
    clocks,
    market,
    exchange,
    events,
    auth,
    secret,
    services,
    engine,
    queue,
    report,
    inngestHandler: (request: Request) => inngestHandler(request),
    /** Ends what runs, in order: durable work, the event log, the database. */
    async close() {
      await engine?.stop();
      await venues.close();
      await events.close();
      await db.close();
    },
  };
}
