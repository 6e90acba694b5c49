import { cron } from "inngest";
import { hashId } from "@/server/shared";
import { schedulerWake, turnRequested } from "../events";
import type { DurableRuntime } from "../runtime";

/** Ticks are planned this far ahead (wall ms): a little more than until the next plan. */
const HORIZON_MS = 70_000;

/** Every minute, and when woken: one event for each tick of the coming minute. Planning a tick twice is harmless: its id is the same. */
export const scheduleDecisions = ({ client, scheduler }: DurableRuntime) =>
  client.createFunction({ id: "schedule-decisions", triggers: [cron("* * * * *"), schedulerWake], retries: 2 }, async ({ step }) => {
    const ticks = await step.run("plan-ticks", () => scheduler.plan(HORIZON_MS));
    if (ticks.length > 0) {
      await step.sendEvent(
        "request-turns",
        // An event of the future starts its function then.
        ticks.map(({ wallAt, ...tick }) => turnRequested.create(tick, { id: hashId("turn", tick.agentId, tick.tickId), ts: wallAt })),
      );
    }
    return { planned: ticks.length };
  });
