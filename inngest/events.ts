import { eventType, staticSchema } from "inngest";
import type { TurnRequest } from "@/server/agents";

/** A tick of an agent; id = the turn's id, so that one tick is one event for ever. Its `ts` is the wall instant at which the turn begins. */
export const turnRequested = eventType("agent/turn.requested", { schema: staticSchema<TurnRequest>() });
/** A turn that is to be run now: a person asked for it, or it was cut off and is to be finished. */
export const turnAsked = eventType("agent/turn.asked", { schema: staticSchema<TurnRequest>() });
/** Outcomes are to be measured at this market time; `ts` is the wall instant at which that comes. */
export const settlementDue = eventType("turn/settlement.due", { schema: staticSchema<{ at: number }>() });
/** An agent that is starting or stopping should arrive there. */
export const transitionRequested = eventType("agent/transition.requested", { schema: staticSchema<{ workspaceId: string; agentId: string }>() });
/** Plan ticks now rather than at the next minute. */
export const schedulerWake = eventType("scheduler/wake", { schema: staticSchema<Record<string, never>>() });
