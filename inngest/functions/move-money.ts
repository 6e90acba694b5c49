import { cron } from "inngest";
import type { DurableRuntime } from "../runtime";

/**
 * Every minute: tells the venue of money that moved and was not told yet, goes on with recalls that wait for positions to be closed, and
 * with rebalancings that a process left behind.
 */
export const moveMoney = ({ client, wallets }: DurableRuntime) =>
  client.createFunction({ id: "move-money", triggers: [cron("* * * * *")], retries: 1, concurrency: [{ limit: 1 }] }, async ({ step }) => {
    const { told } = await step.run("mirror", () => wallets.mirrorLeft());
    const recalls = await step.run("recall", () => wallets.goOnRecalls());
    const rebalances = await step.run("rebalance", () => wallets.goOnRebalances());
    return { told, recalls: recalls.ended, rebalances: rebalances.ended };
  });
