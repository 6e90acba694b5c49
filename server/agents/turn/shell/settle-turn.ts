import type { MarketFeed } from "@/server/market";
import { add, type Clocks, DomainError, type Fixed, fixed, mul, notFound, sub, ZERO } from "@/server/shared";
import { type ExchangeClient, isTerminal } from "@/server/trading";
import type { CrashPoints, DueTurn, OrderStore, SettlementBasis, StoredTurn, TurnOutcome, TurnStore } from "./ports";
import { syncAccount } from "./sync-account";
import { type TurnObserver, UNOBSERVED } from "./turn-observer";

type Ports = {
  readonly turns: TurnStore;
  readonly orders: OrderStore;
  readonly feed: MarketFeed;
  readonly exchange: ExchangeClient;
  readonly clocks: Clocks;
  readonly points: CrashPoints;
  readonly observer?: TurnObserver;
};

/**
 * Settles a turn once its time has come and its orders have ended. The outcome is measured at the last price known at the
 * settlement time, however late settlement runs. Returns the phase afterwards; calling again changes nothing.
 */
export async function settleTurn(ports: Ports, workspaceId: string, turnId: string): Promise<{ phase: string }> {
  const turn = await ports.turns.find(workspaceId, turnId);
  if (!turn) throw notFound("this decision");
  const now = ports.clocks.market.now();
  const { settleAt } = turn;
  if (turn.phase !== "executing" || settleAt === null || now < settleAt) return { phase: turn.phase };
  return (ports.observer ?? UNOBSERVED).turn({ agentId: turn.agentId, turnId, part: "settlement" }, (watch) => {
    watch.enter("settle");
    return settleDue(ports, workspaceId, turn, { settleAt, now });
  });
}

async function settleDue(
  ports: Ports,
  workspaceId: string,
  turn: StoredTurn,
  { settleAt, now }: { settleAt: number; now: number },
): Promise<{ phase: string }> {
  const after = turn.orders.length > 0 ? await followed(ports, workspaceId, turn, now) : turn;
  if (!after || after.orders.some((o) => !isTerminal(o.status))) return { phase: turn.phase };
  const basis = (await ports.turns.settlementBases([turn.id])).get(turn.id);
  if (!basis) throw new DomainError("RECORD_MISSING", "the record of this decision is gone", { kind: "internal" });
  await ports.points.hit("before-settle");
  const outcome = await measure(ports.feed, after.fills, basis, settleAt);
  await ports.turns.settle([{ turnId: turn.id, outcome }], ports.clocks.wall.now());
  return { phase: "settled" };
}

type Settled = { readonly settled: number; readonly failures: readonly unknown[] };

/** Settles turns that are due and sent nothing, all at once; one that cannot be settled keeps no other from it. */
export async function settleWithoutOrders(
  ports: Pick<Ports, "turns" | "points" | "clocks" | "observer"> & { /** By workspace. */ readonly feeds: ReadonlyMap<string, MarketFeed> },
  due: readonly DueTurn[],
): Promise<Settled> {
  if (due.length === 0) return { settled: 0, failures: [] };
  const bases = await ports.turns.settlementBases(due.map((d) => d.turnId));
  const failures: unknown[] = [];
  const outcomes: { turnId: string; outcome: TurnOutcome }[] = [];
  for (const d of due) {
    try {
      const feed = ports.feeds.get(d.workspaceId);
      if (feed) outcomes.push({ turnId: d.turnId, outcome: (await outcomeWithoutOrders(ports, d, feed, bases.get(d.turnId))).outcome });
    } catch (error) {
      failures.push(error);
    }
  }
  await ports.points.hit("before-settle");
  return { settled: await ports.turns.settle(outcomes, ports.clocks.wall.now()), failures };
}

function outcomeWithoutOrders(
  ports: Pick<Ports, "observer">,
  { agentId, turnId, settleAt }: DueTurn,
  feed: MarketFeed,
  basis: SettlementBasis | undefined,
): Promise<{ phase: string; outcome: TurnOutcome }> {
  return (ports.observer ?? UNOBSERVED).turn({ agentId, turnId, part: "settlement" }, async (watch) => {
    watch.enter("settle");
    if (!basis) throw new DomainError("RECORD_MISSING", "the record of this decision is gone", { kind: "internal" });
    return { phase: "settled", outcome: await measure(feed, [], basis, settleAt) };
  });
}

/** The turn once the venue has been asked what became of its orders. */
async function followed(ports: Ports, workspaceId: string, turn: StoredTurn, now: number): Promise<StoredTurn | null> {
  const agent = await ports.turns.agentOf(workspaceId, turn.agentId);
  if (!agent) throw notFound("this agent");
  await syncAccount(ports, agent, now);
  return ports.turns.find(workspaceId, turn.id);
}

async function measure(feed: MarketFeed, fills: StoredTurn["fills"], inputs: SettlementBasis, settleAt: number): Promise<TurnOutcome> {
  const symbols = [...new Set([...fills.map((f) => f.symbol), ...inputs.account.positions.map((p) => p.symbol)])];
  const marks = new Map<string, Fixed>();
  for (const symbol of symbols) {
    const point = await feed.price({ symbol, at: settleAt });
    marks.set(symbol, point?.price ?? fixed(inputs.prices[symbol]?.price ?? "0"));
  }
  return outcomeOf(fills, inputs, (symbol) => marks.get(symbol) ?? ZERO);
}

/**
 * What a turn's fills were worth at the settlement price: realised = sold quantity × (price − average entry), mark = what bought units
 * have gained and sold ones would have lost since, net = value against not having traded, after fees; hold = what the position from
 * before did over the same time. Quote currency.
 */
export function outcomeOf(fills: StoredTurn["fills"], inputs: SettlementBasis, mark: (symbol: string) => Fixed): TurnOutcome {
  let realised = ZERO;
  let net = ZERO;
  let fees = ZERO;
  for (const f of fills) {
    const move = sub(mark(f.symbol), f.price);
    const gain = mul(f.quantity, f.side === "buy" ? move : sub(f.price, mark(f.symbol)), "half-even");
    net = add(net, sub(gain, f.fee));
    fees = add(fees, f.fee);
    if (f.side === "sell") {
      const entry = inputs.account.positions.find((p) => p.symbol === f.symbol)?.averageEntry;
      if (entry !== undefined) realised = add(realised, mul(f.quantity, sub(f.price, fixed(entry)), "half-even"));
    }
  }
  const hold = inputs.account.positions.reduce<Fixed>((sum, p) => {
    const before = inputs.prices[p.symbol]?.price;
    return before === undefined ? sum : add(sum, mul(fixed(p.quantity), sub(mark(p.symbol), fixed(before)), "half-even"));
  }, ZERO);
  return { realisedPnl: realised, markPnl: add(net, fees), feesPaid: fees, netPnl: fills.length > 0 ? net : null, holdPnl: hold };
}
