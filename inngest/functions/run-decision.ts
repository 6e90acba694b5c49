import { turnRequested } from "../events";
import type { DurableRuntime } from "../runtime";

/** One decision, one at a time per agent; then its settlement when that is due. Its event bears the instant at which it is to begin. */
export const runDecision = ({ client, turns, wallAt }: DurableRuntime) =>
  client.createFunction(
    { id: "run-decision", triggers: [turnRequested], retries: 4, concurrency: [{ key: "event.data.agentId", limit: 1 }] },
    async ({ event, step }) => {
      const request = event.data;
      const turn = await step.run("turn", () => turns.run(request));
      if (turn.settleAt === null) return turn;
      await step.sleepUntil("settlement", new Date(wallAt(turn.settleAt)));
      return step.run("settle", () => turns.settle(request.workspaceId, turn.turnId));
    },
  );
