import { cron } from "inngest";
import type { DurableRuntime } from "../runtime";

/** Every ten minutes: nonces, events and finished durable runs past their time. */
export const expireStale = ({ client, expire }: DurableRuntime) =>
  client.createFunction({ id: "expire-stale", triggers: [cron("7-59/10 * * * *")], retries: 1 }, async ({ step }) => {
    const deleted = await step.run("expire", () => expire());
    return { deleted };
  });
