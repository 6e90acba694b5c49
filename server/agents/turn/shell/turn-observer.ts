/** The phases of one decision in their order; `settle` comes later, in a run of its own. */
export const OBSERVED_PHASES = ["claim", "context", "decide", "judge", "intend", "execute", "settle"] as const;
export type ObservedPhase = (typeof OBSERVED_PHASES)[number];

/** Told when the next phase begins, which ends the one before. A phase comes twice when a turn decides anew. */
export type TurnWatch = { enter(phase: ObservedPhase): void };

/** Which turn, and which of its two runs. */
export type ObservedTurn = { readonly agentId: string; readonly turnId: string; readonly part: "decision" | "settlement" };

/** Watches turns from outside: learns ids, phases and outcomes, nothing of prompts or amounts. Must change nothing and throw nothing of its own. */
export interface TurnObserver {
  /** Runs one part of a turn; answers and throws what `run` does. */
  turn<T extends { readonly phase: string }>(turn: ObservedTurn, run: (watch: TurnWatch) => Promise<T>): Promise<T>;
}

/** Nobody watches. */
export const UNOBSERVED: TurnObserver = { turn: (_turn, run) => run({ enter: () => {} }) };
