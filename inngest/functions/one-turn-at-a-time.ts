/** Of each agent, whichever function runs it. */
export const ONE_TURN_AT_A_TIME = { key: "event.data.agentId", limit: 1, scope: "env" as const };
