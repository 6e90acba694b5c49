import { encode } from "next-auth/jwt";
import superjson from "superjson";
import type { Database } from "@/server/adapters/db/database";
import { systemIds } from "@/server/adapters/db/new-id";
import { PrismaBudgetRepository } from "@/server/adapters/db/prisma-budget-repository";
import { PrismaMarketSourceRepository } from "@/server/adapters/db/prisma-market-source-repository";
import { PrismaMonitorStore } from "@/server/adapters/db/prisma-monitor-store";
import { PrismaRiskRepository } from "@/server/adapters/db/prisma-risk-repository";
import { PrismaSecretRepository } from "@/server/adapters/db/prisma-secret-repository";
import { PrismaWorkspaceRepository } from "@/server/adapters/db/prisma-workspace-repository";
import { PrismaQueries } from "@/server/adapters/db/queries/prisma-queries";
import { workspaceOfAgent } from "@/server/adapters/db/workspace-of-agent";
import type { EngineContext } from "@/server/adapters/engine/engine-types";
import { RunBook } from "@/server/adapters/engine/run-book";
import { AnthropicModelClient } from "@/server/adapters/llm/anthropic-model-client";
import { VenueRegistry } from "@/server/adapters/market/exchange/venue-registry";
import { WorkspaceFeeds } from "@/server/adapters/market/workspace-feeds";
import { inParts } from "@/server/adapters/process/compute-risk";
import { EnvelopeVault } from "@/server/adapters/vault/envelope-vault";
import { parseVaultKey } from "@/server/adapters/vault/master-keys";
import { turnCode } from "@/server/agents";
import type { ApiErrorData } from "@/server/api/contract";
import { handleTrpc } from "@/server/api/handle-trpc";
import { appRouter } from "@/server/api/root";
import type { Services } from "@/server/api/services";
import { LiveAccountService } from "@/server/api/services-live/account-service";
import { LiveApiKeyService } from "@/server/api/services-live/api-key-service";
import { LiveBacktestService } from "@/server/api/services-live/backtest-service";
import { LiveConnectionService } from "@/server/api/services-live/connection-service";
import { evidenceService } from "@/server/api/services-live/evidence-service";
import { LiveModelKeyService } from "@/server/api/services-live/model-key-service";
import { LivePeopleService } from "@/server/api/services-live/people-service";
import { LiveReplayService } from "@/server/api/services-live/replay-service";
import { PortfolioRiskService } from "@/server/api/services-live/risk/portfolio-risk-service";
import { LiveRiskService } from "@/server/api/services-live/risk/risk-service";
import { LiveRunService } from "@/server/api/services-live/run-service";
import { LiveSessionService } from "@/server/api/services-live/session-service";
import { LiveWorkspaceService } from "@/server/api/services-live/workspace-service";
import { type RateLimit, rateLimit } from "@/server/auth/rate-limit";
import { systemScope } from "@/server/auth/scope";
import { composeGoals } from "@/server/container/goals";
import { walletsOf } from "@/server/container/wallets";
import { countCall } from "@/server/observability/count-api";
import type { Metrics } from "@/server/observability/metrics";
import { Monitor } from "@/server/risk";
import type { ApiScope, Clocks, Role } from "@/server/shared";
import { liveAgents } from "./live-agents";
import { signInFixture, TEST_ORIGIN, TEST_SECRET } from "./sign-in";

export type Answer = { status: number; data: unknown; error: (ApiErrorData & { message: string }) | null; text: string };
type Router = typeof appRouter;
type Log = Parameters<typeof handleTrpc>[1]["log"];

/** One durable function, for runs that tests write themselves. */
export const WALKED_FUNCTION = "walked-function";
const walkedFunctions: EngineContext = {
  wall: { now: () => Date.now() },
  functions: () => [{ id: WALKED_FUNCTION, triggers: [{ event: "walked" }], steps: {} }],
  onError: () => {},
  deliver: async () => {},
};

/** The API as the product composes it, over a test database, the simulated market, and (when given) a local model provider. */
export function apiFixture(
  db: Database,
  options: { modelUrl?: string; limitMutations?: RateLimit; services?: Partial<Services>; router?: Router; metrics?: Metrics; log?: Log } = {},
) {
  const start = Date.UTC(2026, 10, 2, 12);
  const signIn = signInFixture(db, { start });
  const vault = new EnvelopeVault(new PrismaSecretRepository(db), parseVaultKey(Buffer.alloc(32, 7).toString("base64")));
  const model = new AnthropicModelClient({
    secrets: (scope, kind) => vault.read(scope, kind),
    wall: { now: () => Date.now() },
    baseURL: options.modelUrl ?? "http://127.0.0.1:9",
    maxAttempts: 1,
  });
  const live = liveAgents(db, { start, model, hasModelKey: async (scope) => (await vault.hint(scope, "llm/anthropic")) !== null });
  const clocks = { wall: live.clock, market: live.market };
  const code = turnCode("test");
  const budget = new PrismaBudgetRepository(db);
  const goals = composeGoals({
    db,
    money: live.money,
    agents: live.service,
    agentStore: live.agents,
    feeds: { of: async () => live.feed },
    budget,
    model,
    clocks,
  });
  const services: Services = {
    mode: "development",
    agents: live.service,
    queries: new PrismaQueries(
      { db, feed: live.feed, exchange: live.exchange, clocks },
      { keyHint: (scope) => vault.hint(scope, "llm/anthropic"), parts: async () => [], build: code.build, mode: "development" },
    ),
    replay: new LiveReplayService({ db, turns: live.turns, code, wall: live.clock }),
    modelKeys: new LiveModelKeyService({ db, vault, model, budget, clocks, ids: systemIds }),
    apiKeys: new LiveApiKeyService(signIn.apiKeys, live.clock),
    sessions: new LiveSessionService(signIn.sessions, live.clock),
    workspace: new LiveWorkspaceService(new PrismaWorkspaceRepository(db)),
    connections: connections(db, live),
    evidence: evidenceService(db, { of: async () => live.feed }),
    runs: new LiveRunService(db, new RunBook(db, walkedFunctions, () => {})),
    backtests: new LiveBacktestService({ db, clocks, feedOf: async () => live.feed, runner: { poke: () => {}, stop: async () => {} } }),
    goals: goals.api,
    people: new LivePeopleService({ db, wall: live.clock, chain: null }),
    account: new LiveAccountService({ db, agents: live.service, wall: live.clock }),
    risk: riskService(db, live, clocks),
    wallets: walletsOf({ db, feed: live.feed, exchange: live.exchange, clocks, money: live.money, closer: live.service, goals: goals.capital })
      .service,
    limitMutations: options.limitMutations ?? rateLimit(0),
    ...options.services,
  };
  const logged: { err?: unknown; path?: unknown; requestId?: unknown }[] = [];
  const { metrics } = options;
  const handle = (request: Request): Promise<Response> =>
    handleTrpc(request, {
      auth: signIn.auth,
      services,
      trustedOrigins: [TEST_ORIGIN],
      log: options.log ?? { error: (fields) => void logged.push(fields) },
      ...(metrics ? { onCall: (call) => countCall(metrics, call) } : {}),
      router: options.router ?? appRouter,
    });

  /** One procedure over HTTP. */
  async function call(path: string, input: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const kind = kindOf(options.router ?? appRouter, path);
    const body = JSON.stringify(superjson.serialize(input));
    const url = `${TEST_ORIGIN}/api/trpc/${path}`;
    const request =
      kind === "query"
        ? new Request(`${url}?input=${encodeURIComponent(body)}`, { headers })
        : new Request(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
    const response = await handle(request);
    const text = await response.text();
    const parsed = JSON.parse(text) as {
      result?: { data: Parameters<typeof superjson.deserialize>[0] };
      error?: Parameters<typeof superjson.deserialize>[0];
    };
    if (parsed.result) return { status: response.status, data: superjson.deserialize(parsed.result.data), error: null, text };
    const error = superjson.deserialize<{ message: string; data: { product: ApiErrorData } }>(parsed.error ?? { json: {} });
    return { status: response.status, data: null, error: { ...error.data.product, message: error.message }, text };
  }

  /** A new person with a workspace of their own, signed in by cookie from our own page. */
  async function person() {
    const own = signInFixture(db, { start });
    const s = await own.signIn();
    const token = await encode({ secret: TEST_SECRET, token: { sub: s.userId, sid: s.sessionId, sv: s.sessionVersion } });
    const headers = { cookie: `next-auth.session-token=${token}`, origin: TEST_ORIGIN };
    const caller = await signIn.auth.authenticate(new Headers(headers));
    if (!caller) throw new Error("not signed in");
    const asRole = async (role: Role) => {
      await db.prisma.member.updateMany({ where: { userId: s.userId }, data: { role } });
    };
    const apiKey = async (...scopes: ApiScope[]) => {
      const { key, view } = await services.apiKeys.create(caller, { name: "test", scopes, expiresInDays: 1 });
      return { id: view.id, key, headers: { authorization: `Bearer ${key}` } };
    };
    /** The same wallet once more. */
    const signInAgain = () => own.signIn();
    return { caller, headers, token, session: s, address: own.wallet.address, signInAgain, asRole, apiKey };
  }
  return { ...live, services, vault, auth: signIn.auth, handle, call, person, logged };
}

/** As the container makes it, with the simulated market alone. */
function riskService(db: Database, live: ReturnType<typeof liveAgents>, clocks: Clocks): LiveRiskService {
  const feeds = { of: async () => live.feed };
  const monitor = new Monitor({
    store: new PrismaMonitorStore(db),
    mitigation: live.service,
    feeds,
    venues: { of: async () => [] },
    clocks,
    build: "test",
    scopeOf: systemScope,
  });
  return new LiveRiskService({
    repository: new PrismaRiskRepository(db),
    monitor,
    portfolio: new PortfolioRiskService({ db, feeds, clocks, compute: inParts, venue: live.exchange.venue.label }),
    agents: live.service,
    queries: async () => ({ db, clocks, feed: live.feed, exchange: live.exchange }),
    clocks,
    build: "test",
  });
}

type Defined = Readonly<Record<string, { _def: { type: "query" | "mutation" | "subscription"; meta?: unknown } }>>;

/** Every procedure of a router by its dotted name. */
export const proceduresOf = (router: Router): Defined => router._def.procedures as unknown as Defined;

function kindOf(router: Router, path: string): string {
  const found = proceduresOf(router)[path];
  if (!found) throw new Error(`there is no ${path}`);
  return found._def.type;
}

/** The service over venues at an address where nobody answers: what tests of the whole API call stays on this machine. */
function connections(db: Database, live: ReturnType<typeof liveAgents>): LiveConnectionService {
  const wall = live.clock;
  const nobody = { rest: "http://127.0.0.1:9", ws: "ws://127.0.0.1:9" };
  const symbols = live.feed.symbols().map((s) => s.symbol);
  const urls = { binance: nobody, coinbase: nobody, kraken: nobody };
  const venues = new VenueRegistry({ wall, sleep: async () => {}, random: () => 0.5, spacingMs: 1, symbols, staleAfterMs: 180_000, urls });
  const sources = new PrismaMarketSourceRepository(db);
  const feeds = new WorkspaceFeeds({ base: live.feed, venues, choices: () => sources.all(), workspaceOf: workspaceOfAgent(db), wall });
  return new LiveConnectionService({ base: live.feed, live: true, venues, feeds, sources, clocks: { wall, market: live.market } });
}
