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
 * measured. An event of the future starts its function then. Planning a tick twice is harmless: its id is the same.
 */
export const scheduleDecisions = ({ client, scheduler, wallAt }: DurableRuntime) =>
  client.createFunction({ id: "schedule-decisions", triggers: [cron("* * * * *"), schedulerWake], retries: 2 }, async ({ step }) => {
    const ticks = await step.run("plan-ticks", () => scheduler.plan(HORIZON_MS));
    for (let i = 0; i < ticks.length; i += SENT_AT_ONCE) {
      const requests = ticks
        .slice(i, i + SENT_AT_ONCE)
        .map(({ wallAt: ts, settleAt: _settleAt, ...tick }) => turnRequested.create(tick, { id: hashId("turn", tick.agentId, tick.tickId), ts }));
      await step.sendEvent(`request-turns-${i}`, requests);
    }
    const instants = [...new Set(ticks.map((tick) => tick.settleAt))];
    for (let i = 0; i < instants.length; i += SENT_AT_ONCE) {
      const settlements = instants
        .slice(i, i + SENT_AT_ONCE)
        .map((at) => settlementDue.create({ at }, { id: hashId("settlement", String(at)), ts: wallAt(at) }));
      await step.sendEvent(`plan-settlements-${i}`, settlements);
    }
    return { planned: ticks.length };
  });
