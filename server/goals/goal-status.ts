import { DomainError } from "@/server/shared";
import type { Goal, GoalStatus } from "./types";

export const GOAL_ACTIONS = ["activate", "pause", "resume", "achieve", "miss", "raise", "reopen", "stop"] as const;
export type GoalAction = (typeof GOAL_ACTIONS)[number];

/** draft → active → achieved | missed | stopped, with pauses; an achieved goal can be raised, a missed one reopened. Stopped is the end. */
const TABLE: Readonly<Record<GoalStatus, Readonly<Partial<Record<GoalAction, GoalStatus>>>>> = {
  draft: { activate: "active", stop: "stopped" },
  active: { pause: "paused", achieve: "achieved", miss: "missed", stop: "stopped" },
  paused: { resume: "active", miss: "missed", stop: "stopped" },
  achieved: { raise: "active", stop: "stopped" },
  missed: { reopen: "active", stop: "stopped" },
  stopped: {},
};

/** The only way a goal changes its status; the version grows with it. Throws GOAL_TRANSITION naming what would be possible. */
export function moveGoal(goal: Goal, action: GoalAction, reason: string | null): Goal {
  const to = TABLE[goal.status][action];
  if (to === undefined) {
    const possible = Object.keys(TABLE[goal.status]);
    throw new DomainError(
      "GOAL_TRANSITION",
      `A goal that is ${goal.status} cannot ${action}${possible.length ? `; it can ${possible.join(" or ")}` : ""}.`,
      { field: "status", kind: "conflict", data: { status: goal.status, action } },
    );
  }
  return { ...goal, status: to, version: goal.version + 1, statusReason: reason };
}

/** What can be done with a goal of this status. */
export const goalActions = (status: GoalStatus): readonly GoalAction[] => Object.keys(TABLE[status]) as GoalAction[];
