import { cron } from "inngest";
import type { DurableRuntime } from "../runtime";

/**
 * Every minute, ahead of the ticks that are due: circuit breakers and alerts of every workspace with running agents or open positions. The
 * same check can be asked for by a person.
 */
export const checkRisk = ({ client, monitor }: DurableRuntime) =>
  client.createFunction(
    { id: "check-risk", triggers: [cron("* * * * *")], retries: 1, concurrency: [{ limit: 1 }], priority: { run: "300" } },
    async ({ step }) => {
      const summary = await step.run("check", () => monitor.check());
      return summary;
    },
  );
