import { DomainError } from "@/server/shared";
import type { AgentStatus } from "./types";

export const AGENT_EVENTS = ["start", "started", "start-failed", "stop", "stopped", "halt", "resume", "archive"] as const;
export type AgentEvent = (typeof AGENT_EVENTS)[number];

const TABLE: Readonly<Record<AgentStatus, Partial<Record<AgentEvent, AgentStatus>>>> = {
  stopped: { start: "starting", halt: "halted", archive: "archived" },
  starting: { started: "running", "start-failed": "stopped", stop: "stopping", halt: "halted" },
  running: { stop: "stopping", halt: "halted" },
  stopping: { stopped: "stopped", halt: "halted" },
  // Halting what is halted is no error: a person may press the switch twice.
  halted: { resume: "stopped", halt: "halted", archive: "archived" },
  archived: {},
};

/** The only way an agent's status changes. Throws INVALID_AGENT_TRANSITION for what cannot happen. */
export function transitionAgent(status: AgentStatus, event: AgentEvent): AgentStatus {
  const next = TABLE[status][event];
  if (!next) {
    throw new DomainError("INVALID_AGENT_TRANSITION", `An agent that is ${status} cannot ${event.replace("-", " ")}.`, {
      kind: "conflict",
      data: { status, event },
    });
  }
  return next;
}

/** Statuses from which the event leads somewhere: the compare side of a compare-and-set. */
export const statusesThatCan = (event: AgentEvent): AgentStatus[] =>
  (Object.keys(TABLE) as AgentStatus[]).filter((s) => TABLE[s][event] !== undefined);
