import { cron } from "inngest";
import { hashId } from "@/server/shared";
import { settlementDue, turnAsked } from "../events";
import type { DurableRuntime } from "../runtime";

const BATCH = 50;

/**
 * At the instants that outcomes are measured at: settles what is due, and measures what denials and reductions saved or cost. Every minute
 * also what was left, and takes up turns whose process died.
 */
export const settleDecisions = ({ client, turns, vetoes }: DurableRuntime) =>
  client.createFunction(
    { id: "settle-decisions", triggers: [cron("* * * * *"), settlementDue], retries: 1, concurrency: [{ limit: 1 }] },
    async ({ event, step, runId }) => {
      // Before the settlements: one of those that fails keeps no turn from being taken up.
      const abandoned = event.name === settlementDue.name ? [] : await step.run("find-abandoned", () => turns.abandoned(BATCH));
      if (abandoned.length > 0) {
        // A new event id: the first one was used up by the run that died.
        await step.sendEvent(
          "resume-turns",
          abandoned.map((r) => turnAsked.create(r, { id: hashId("resume", r.agentId, r.tickId, runId) })),
        );
      }
      const { settled } = await step.run("settle", () => turns.settleDue());
      const { measured } = await step.run("measure-vetoes", () => vetoes.measureDue());
      return { settled, resumed: abandoned.length, measured };
    },
  );
