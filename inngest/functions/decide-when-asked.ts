import { settlementDue, turnAsked } from "../events";
import type { DurableRuntime } from "../runtime";
import { ONE_TURN_AT_A_TIME } from "./one-turn-at-a-time";

/** A decision that a person asked for, or one that was cut off: ahead of ticks, and however long it has to wait. */
export const decideWhenAsked = ({ client, turns, wallAt }: DurableRuntime) =>
  client.createFunction(
    { id: "decide-when-asked", triggers: [turnAsked], retries: 4, concurrency: ONE_TURN_AT_A_TIME, priority: { run: "120" } },
    async ({ event, step }) => {
      const turn = await step.run("turn", () => turns.run(event.data));
      if (turn.settleAt !== null) await step.sendEvent("settlement", settlementDue.create({ at: turn.settleAt }, { ts: wallAt(turn.settleAt) }));
      return turn;
    },
  );
