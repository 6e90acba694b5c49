import { cron } from "inngest";
import { hashId } from "@/server/shared";
import { turnRequested } from "../events";
import type { DurableRuntime } from "../runtime";

const BATCH = 50;

/** Every minute: settles what is due and was left, and takes up turns whose process died. */
export const settleDecisions = ({ client, turns }: DurableRuntime) =>
  client.createFunction({ id: "settle-decisions", triggers: [cron("* * * * *")], retries: 1 }, async ({ step, runId }) => {
    const due = await step.run("find-due", () => turns.due(BATCH));
    const settled = await step.run("settle", async () => {
      let count = 0;
      for (const { workspaceId, turnId } of due.settle) if ((await turns.settle(workspaceId, turnId)).phase === "settled") count += 1;
      return count;
    });
    if (due.resume.length > 0) {
      // A new event id: the first one was used up by the run that died.
      await step.sendEvent(
        "resume-turns",
        due.resume.map((r) => turnRequested.create(r, { id: hashId("resume", r.agentId, r.tickId, runId) })),
      );
    }
    return { settled, resumed: due.resume.length };
  });
