import { INTERVAL_MS, type MarketFeed, type MarketFeeds } from "@/server/market";
import { measureVeto, type Verdict, type VetoedOrder, type VetoOutcome } from "@/server/risk";
import { type Clock, DAY_MS, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES } from "@/server/trading";
import type { TurnInputs } from "./turn/core-types";
import type { Decision } from "./turn/types";
import { type VetoedLeg, vetoedOrders } from "./turn/vetoed-orders";

/** A settled turn that was denied or reduced, with its record; null where that is gone. */
export type VetoedTurn = {
  readonly turnId: string;
  readonly workspaceId: string;
  readonly agentId: string;
  /** Market ms. */
  readonly settleAt: number;
  readonly record: { readonly inputs: TurnInputs; readonly decision: Decision; readonly verdict: Verdict } | null;
};

export type VetoEntry = Omit<VetoedLeg, "instrument" | "order"> &
  VetoOutcome & { readonly turnId: string; readonly workspaceId: string; readonly agentId: string; readonly order: VetoedOrder };

/** Rows of the veto ledger. */
export interface VetoStore {
  /** Turns whose veto is to be measured, any workspace. */
  due(limit: number): Promise<readonly VetoedTurn[]>;
  /** The entries of these turns, which are then due no more. Those that exist are left as they are. */
  save(turnIds: readonly string[], entries: readonly VetoEntry[]): Promise<void>;
}

/** A market order that found no open for so long (ms) is taken as never filled. */
const LONGEST_WAIT_MS = DAY_MS;
const GIVEN_UP_AFTER_MS = DAY_MS;
const AT_ONCE = 50;

/** Measures what the vetoes of settled turns saved or cost. One statement while there is none. */
export class VetoLedger {
  constructor(private readonly ports: { readonly store: VetoStore; readonly feeds: MarketFeeds; readonly market: Clock }) {}

  /** Measures all that is due; a market that does not answer leaves its turns for the next time, and its error is thrown in the end. */
  async measureDue(): Promise<{ measured: number }> {
    const { store, feeds } = this.ports;
    const failures: unknown[] = [];
    let measured = 0;
    for (;;) {
      const due = await store.due(AT_ONCE);
      const done: string[] = [];
      const entries: VetoEntry[] = [];
      for (const turn of due) {
        try {
          entries.push(...(await entriesOf(turn, await feeds.of(turn.workspaceId))));
          done.push(turn.turnId);
        } catch (error) {
          // A market that has not answered for a day will not: the veto stands in the ledger without a figure.
          if (this.ports.market.now() - turn.settleAt < GIVEN_UP_AFTER_MS) failures.push(error);
          else {
            entries.push(...legsOf(turn).map((leg) => entry(turn, leg, { ...NOTHING, note: "no-bars" })));
            done.push(turn.turnId);
          }
        }
      }
      if (done.length > 0) await store.save(done, entries);
      measured += done.length;
      if (failures.length > 0) throw failures[0];
      if (due.length < AT_ONCE) return { measured };
    }
  }
}

const legsOf = ({ record, settleAt }: VetoedTurn): readonly VetoedLeg[] =>
  record ? vetoedOrders(record.inputs, record.decision, record.verdict, settleAt) : [];

function entry({ turnId, workspaceId, agentId }: VetoedTurn, { instrument: _instrument, ...leg }: VetoedLeg, outcome: VetoOutcome): VetoEntry {
  return { turnId, workspaceId, agentId, ...leg, ...outcome };
}

async function entriesOf(turn: VetoedTurn, feed: MarketFeed): Promise<readonly VetoEntry[]> {
  const entries: VetoEntry[] = [];
  for (const leg of legsOf(turn)) entries.push(entry(turn, leg, await outcomeOf(leg.order, leg.instrument, feed)));
  return entries;
}

async function outcomeOf(order: VetoedOrder, instrument: VetoedLeg["instrument"], feed: MarketFeed): Promise<VetoOutcome> {
  const info = feed.symbols().find((s) => s.symbol === order.symbol);
  if (!instrument || !info) return NOTHING;
  const { symbol, at, settleAt } = order;
  const until = Math.min(settleAt, order.expiresAt ?? at + LONGEST_WAIT_MS);
  const bars = await feed.bars({ symbol, from: at, at: until });
  const settlePrice = (await feed.price({ symbol, at: settleAt }))?.price ?? null;
  return measureVeto(order, { instrument, rules: DEFAULT_PAPER_RULES, baseMs: INTERVAL_MS[info.baseInterval], bars, settlePrice });
}

const NOTHING: VetoOutcome = {
  ...{ vetoedQuantity: ZERO, entryPrice: null, entryAt: null, settlePrice: null, fee: ZERO, missed: ZERO, saved: ZERO, note: "impossible" },
};
