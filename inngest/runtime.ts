import type { Inngest } from "inngest";
import type { TickScheduler, TurnRunner, VetoLedger } from "@/server/agents";
import type { KeeperSummary } from "@/server/goals";
import type { Monitor } from "@/server/risk";

/** What the durable functions call: one service call a step. Handed in by server/container, so that nothing here knows where it comes from. */
export type DurableRuntime = {
  readonly client: Inngest;
  readonly turns: TurnRunner;
  readonly scheduler: TickScheduler;
  readonly vetoes: Pick<VetoLedger, "measureDue">;
  /** Measures goals; proposes capital by them and returns how many proposals. */
  readonly goals: { check(): Promise<KeeperSummary>; propose(): Promise<number> };
  readonly monitor: Pick<Monitor, "check">;
  readonly wallets: {
    mirrorLeft(): Promise<{ told: number }>;
    goOnRecalls(): Promise<{ ended: number }>;
    goOnRebalances(): Promise<{ ended: number }>;
    rebalanceDue(): Promise<{ applied: number; proposed: number }>;
  };
  /** Wall time (ms) at which a market time comes. */
  readonly wallAt: (marketTime: number) => number;
  /** How long a tick's decision may wait for its first call. */
  readonly tickStartsWithin: `${number}s`;
  /** Deletes what has expired; returns how much. */
  readonly expire: () => Promise<number>;
};
