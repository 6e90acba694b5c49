import type { Database } from "@/server/adapters/db/database";
import { systemIds } from "@/server/adapters/db/new-id";
import { PrismaAgentStore } from "@/server/adapters/db/prisma-agent-store";
import { PrismaBudgetRepository } from "@/server/adapters/db/prisma-budget-repository";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import { PrismaTickStore } from "@/server/adapters/db/prisma-tick-store";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { PrismaMovementStore } from "@/server/adapters/db/wallets/prisma-movement-store";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import {
  type AgentConfig,
  type CrashPoints,
  LiveAgentService,
  LiveTickScheduler,
  LiveTurnRunner,
  latestStartOf,
  NO_CRASH,
  type OrderStore,
  StandingHalts,
  type TurnCode,
  type TurnObserver,
  type TurnRequest,
  turnCode,
  type WorkQueue,
} from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import type { ModelClient } from "@/server/llm";
import { type MarketFeed, type MarketFeeds, WallMarketClock } from "@/server/market";
import { DomainError, fixed, type TenantScope } from "@/server/shared";
import type { ExchangeClient } from "@/server/trading";
import { MoneyService } from "@/server/wallets";

/** A clock that tests move. */
export class TestClock {
  constructor(public time: number) {}
  now(): number {
    return this.time;
  }
}

export const TEST_CONFIG: AgentConfig = {
  name: "Test agent",
  symbols: ["BTC/USDT"],
  mode: "paper",
  trigger: { kind: "interval", interval: "1h" },
  barInterval: "1h",
  strategyText: "",
  decider: { kind: "rules", ruleSet: "trend-follow", params: {} },
  limits: {
    allowedSymbols: null,
    maxOrderNotional: fixed("5000"),
    maxPositionNotional: fixed("8000"),
    maxDailyLoss: fixed("1000"),
    maxOrdersPerHour: 10,
  },
  dailyModelCap: fixed("1"),
  settleAfterMs: 3_600_000,
};

export type LiveAgentsOptions = {
  /** Wall time and market time at the beginning (ms). */
  readonly start: number;
  readonly exchange?: ExchangeClient;
  /** Prices; the simulated market without it. */
  readonly feed?: MarketFeed;
  readonly feeds?: MarketFeeds;
  readonly model?: ModelClient;
  readonly orders?: OrderStore;
  readonly turns?: PrismaTurnStore;
  readonly code?: TurnCode;
  readonly points?: CrashPoints;
  readonly sleep?: (ms: number) => Promise<void>;
  /** Puts something around each port that a turn speaks through; `name` as in the turn's points. */
  readonly around?: <T extends object>(name: string, port: T) => T;
  /** The process, for leases. */
  readonly owner?: string;
  readonly observer?: TurnObserver;
  readonly hasModelKey?: (scope: TenantScope) => Promise<boolean>;
};

/** The product's agents over a real database, the simulated market and the paper venue, with a clock and a queue that the test holds. */
export function liveAgents(db: Database, options: LiveAgentsOptions = { start: Date.UTC(2026, 10, 2) }) {
  const clock = new TestClock(options.start);
  const market = new WallMarketClock(clock);
  const clocks = { wall: clock, market };
  const around = options.around ?? (<T extends object>(_name: string, port: T): T => port);
  const feed = around("feed", options.feed ?? (new SimulatedMarketFeed(7) as MarketFeed));
  const feeds = options.feeds ? { feeds: around("feeds", options.feeds) } : {};
  const exchange = around("exchange", options.exchange ?? new PaperExchangeClient({ feed, store: new InMemoryPaperAccountStore() }));
  const requested: TurnRequest[] = [];
  const queue: WorkQueue = {
    requestTurn: async (r) => void requested.push(r),
    requestTransition: async () => {},
    wakeScheduler: async () => {},
  };
  const noModel: ModelClient = {
    complete: async () => {
      throw new DomainError("MODEL_KEY_MISSING", "no key", { data: { billed: "no" } });
    },
  };
  const turns = around("turns", options.turns ?? new PrismaTurnStore(db, () => clock.time));
  const orders = around("orders", options.orders ?? new PrismaOrderStore(db));
  const agents = new PrismaAgentStore(db);
  const halts = new StandingHalts();
  const runner = new LiveTurnRunner({
    halts,
    turns,
    orders,
    feed,
    ...feeds,
    exchange,
    budget: around("budget", new PrismaBudgetRepository(db)),
    model: around("model", options.model ?? noModel),
    clocks,
    code: options.code ?? turnCode("test"),
    points: options.points ?? NO_CRASH,
    sleep: options.sleep ?? (async () => {}),
    scopeOf: systemScope,
    latestStart: latestStartOf(market),
    owner: options.owner ?? "test",
    ...(options.observer ? { observer: options.observer } : {}),
  });
  const hasModelKey = options.hasModelKey ?? (async () => options.model !== undefined);
  const movements = new PrismaMovementStore(db);
  const money = new MoneyService({ store: movements, feed, ...feeds, venue: exchange, clocks });
  const service = new LiveAgentService({
    agents,
    orders,
    feed,
    ...feeds,
    exchange,
    money,
    clocks,
    ids: systemIds,
    queue,
    turns: runner,
    hasModelKey,
    halts,
  });
  const scheduler = new LiveTickScheduler({
    agents,
    ticks: new PrismaTickStore(db),
    feed,
    ...feeds,
    market,
    wall: clock,
    scopeOf: systemScope,
    hasModelKey,
    restoreVenueMoney: async () => {},
  });
  return { clock, market, feed, exchange, requested, turns, orders, agents, runner, service, scheduler, movements, money, halts };
}
