import { cron } from "inngest";
import type { DurableRuntime } from "../runtime";

/** Wallets whose day or week (market time) has come: rebalanced where that was allowed, else proposed. A market may play faster than the clock. */
export const rebalanceWallets = ({ client, wallets }: DurableRuntime) =>
  client.createFunction({ id: "rebalance-wallets", triggers: [cron("* * * * *")], retries: 1, concurrency: [{ limit: 1 }] }, async ({ step }) => {
    const summary = await step.run("rebalance-due", () => wallets.rebalanceDue());
    return summary;
  });
