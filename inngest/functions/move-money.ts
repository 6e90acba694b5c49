import { cron } from "inngest";
import type { DurableRuntime } from "../runtime";
import { eachOnItsOwn } from "./each-on-its-own";

/**
 * Every minute: tells the venue of money that moved and was not told yet, goes on with recalls that wait for positions to be closed, and
 * with rebalancings that a process left behind. What fails in one of the three keeps no other; the run then fails, naming all that did.
 */
export const moveMoney = ({ client, wallets }: DurableRuntime) =>
  client.createFunction({ id: "move-money", triggers: [cron("* * * * *")], retries: 0, concurrency: [{ limit: 1 }] }, ({ step }) =>
    eachOnItsOwn((name, work) => step.run(name, work), {
      mirror: async () => (await wallets.mirrorLeft()).told,
      recall: async () => (await wallets.goOnRecalls()).ended,
      rebalance: async () => (await wallets.goOnRebalances()).ended,
    }),
  );
