import { schedulerWake, transitionRequested } from "../events";
import type { DurableRuntime } from "../runtime";

/** starting → running (or back, with the reason), stopping → stopped; then the scheduler plans anew. */
export const finishTransition = ({ client, scheduler }: DurableRuntime) =>
  client.createFunction(
    { id: "finish-transition", triggers: [transitionRequested], retries: 4, concurrency: [{ key: "event.data.agentId", limit: 1 }] },
    async ({ event, step }) => {
      const { status } = await step.run("finish", () => scheduler.finishTransition(event.data.workspaceId, event.data.agentId));
      if (status === "running") await step.sendEvent("wake-scheduler", schedulerWake.create({}));
      return { status };
    },
  );
