import type { Database } from "../adapters/db/database";
import { systemIds } from "../adapters/db/new-id";
import { PrismaMovementStore } from "../adapters/db/wallets/prisma-movement-store";
import { PrismaNodeRecords } from "../adapters/db/wallets/prisma-node-records";
import { PrismaRebalanceStore } from "../adapters/db/wallets/prisma-rebalance-store";
import { LiveWalletService } from "../api/services-live/wallets/wallet-service";
import { systemScope } from "../auth/scope";
import type { MarketFeed, MarketFeeds } from "../market";
import type { Clocks } from "../shared";
import type { ExchangeClient } from "../trading";
import { type GoalDemands, MoneyService, type PositionCloser, RebalanceService, RecallService } from "../wallets";

/** Taker fee and half the spread of the paper venue: what it costs to put moved money to work. */
const COST_RATE = 0.0011;

type Parts = {
  readonly db: Database;
  readonly feed: MarketFeed;
  readonly feeds?: MarketFeeds;
  readonly exchange: Pick<ExchangeClient, "transfer">;
  readonly clocks: Clocks;
};

/** The one way to move money, of which agents make use, too. */
export const moneyOf = ({ db, feed, feeds, exchange, clocks }: Parts): MoneyService =>
  new MoneyService({ store: new PrismaMovementStore(db), feed, ...(feeds ? { feeds } : {}), venue: exchange, clocks });

/** Everything of the wallets, composed. */
export function walletsOf(parts: Parts & { readonly money: MoneyService; readonly closer: PositionCloser; readonly goals: GoalDemands }) {
  const { db, money, closer, clocks, feeds, feed } = parts;
  const records = new PrismaNodeRecords(db);
  const store = new PrismaRebalanceStore(db);
  const recalls = new RecallService({ store: new PrismaMovementStore(db), money, closer, clocks, scopeOf: systemScope });
  const rebalances = new RebalanceService({
    store,
    money,
    records,
    goals: parts.goals,
    clocks,
    ids: systemIds,
    scopeOf: systemScope,
    costRate: COST_RATE,
  });
  const sourceOf = async (workspaceId: string) => ((await feeds?.of(workspaceId)) ?? feed).source;
  const service = new LiveWalletService({ db, money, recalls, rebalances, rebalanceStore: store, records, clocks, sourceOf });
  return {
    service,
    records,
    /** What durable functions do for the wallets. */
    work: {
      mirrorLeft: () => money.mirrorLeft(),
      goOnRecalls: () => recalls.goOn(),
      goOnRebalances: () => rebalances.goOn(),
      rebalanceDue: () => rebalances.runDue(),
    },
  };
}
