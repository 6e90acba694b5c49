import { settlementDue, turnRequested } from "../events";
import type { DurableRuntime } from "../runtime";

/** One decision, one at a time per agent. Its event bears the instant at which it is to begin. */
export const runDecision = ({ client, turns, wallAt }: DurableRuntime) =>
  client.createFunction(
    { id: "run-decision", triggers: [turnRequested], retries: 4, concurrency: [{ key: "event.data.agentId", limit: 1 }] },
    async ({ event, step }) => {
      const turn = await step.run("turn", () => turns.run(event.data));
      // The settlement of a tick is planned along with it.
      if (turn.settleAt !== null && event.data.trigger.kind !== "schedule")
        await step.sendEvent("settlement", settlementDue.create({ at: turn.settleAt }, { ts: wallAt(turn.settleAt) }));
      return turn;
    },
  );
