import { cron } from "inngest";
import { hashId } from "@/server/shared";
import { schedulerWake, settlementDue, turnRequested } from "../events";
import type { DurableRuntime } from "../runtime";

/** Ticks are planned this far ahead (wall ms): a little more than until the next plan. */
const HORIZON_MS = 70_000;
/** Events of one send: well below what an Inngest server takes at once. */
const SENT_AT_ONCE = 400;

/**
 * Every minute, and when woken: one event for each tick of the coming minute, and one for each instant at which outcomes of these are
 * measured. An event of the future starts its function then. Planning a tick twice is harmless: its id is the same. Ahead of what is due:
 * where more ticks are due than can be done, the plan would else come when its own ticks are late. The events are sent within the step, so
 * that thousands of ticks are not kept as its result, and written anew with every step that follows.
 */
export const scheduleDecisions = ({ client, scheduler, wallAt }: DurableRuntime) =>
  client.createFunction(
    { id: "schedule-decisions", triggers: [cron("* * * * *"), schedulerWake], retries: 2, priority: { run: "600" } },
    async ({ step }) => {
      const planned = await step.run("plan-ticks", async () => {
        const ticks = await scheduler.plan(HORIZON_MS);
        const requests = ticks.map(({ wallAt: ts, settleAt: _settleAt, ...tick }) =>
          turnRequested.create(tick, { id: hashId("turn", tick.agentId, tick.tickId), ts }),
        );
        const instants = [...new Set(ticks.map((tick) => tick.settleAt))];
        const settlements = instants.map((at) => settlementDue.create({ at }, { id: hashId("settlement", String(at)), ts: wallAt(at) }));
        for (const events of [requests, settlements])
          for (let i = 0; i < events.length; i += SENT_AT_ONCE) await client.send(events.slice(i, i + SENT_AT_ONCE));
        return ticks.length;
      });
      return { planned };
    },
  );
