import { turnRequested } from "../events";
import type { DurableRuntime } from "../runtime";
import { ONE_TURN_AT_A_TIME } from "./one-turn-at-a-time";

/**
 * The decision of a tick. Its event bears the instant at which it is to begin; when it cannot begin in time any more it is given up before
 * it costs a call, and stands as missed. Its settlement is planned along with it.
 */
export const runDecision = ({ client, turns, tickStartsWithin }: DurableRuntime) =>
  client.createFunction(
    { id: "run-decision", triggers: [turnRequested], retries: 4, concurrency: ONE_TURN_AT_A_TIME, timeouts: { start: tickStartsWithin } },
    ({ event, step }) => step.run("turn", () => turns.run(event.data)),
  );
