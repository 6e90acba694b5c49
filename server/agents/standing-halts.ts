import type { TenantScope } from "@/server/shared";

/** A halt that was asked for; of the whole workspace when `agentId` is null. */
export type StandingHalt = {
  readonly scope: TenantScope;
  readonly agentId: string | null;
  readonly flatten: boolean;
  /** Why it has not been stored, in words; null while that is being tried for the first time. */
  readonly problem: string | null;
};

/**
 * Halts that hold in this process before they are stored: from the moment one is asked for no order is sent here, whether or not the database
 * takes it. What is stored is taken away: then the stored trading state decides, in every process.
 */
export class StandingHalts {
  readonly #halts = new Map<string, StandingHalt>();

  stand(halt: StandingHalt): void {
    const key = keyOf(halt.scope.workspaceId, halt.agentId);
    // To sell as well was asked for once: asking again to halt only does not take it back.
    this.#halts.set(key, { ...halt, flatten: halt.flatten || (this.#halts.get(key)?.flatten ?? false) });
  }

  lift(workspaceId: string, agentId: string | null): void {
    this.#halts.delete(keyOf(workspaceId, agentId));
  }

  /** Whether orders of this agent that add to a position are kept back. */
  holds(workspaceId: string, agentId: string): boolean {
    return this.#halts.size > 0 && (this.#halts.has(keyOf(workspaceId, null)) || this.#halts.has(keyOf(workspaceId, agentId)));
  }

  /** Those that could not be stored; of one workspace when it is given. */
  waiting(workspaceId?: string): readonly StandingHalt[] {
    return [...this.#halts.values()].filter((h) => h.problem !== null && (workspaceId === undefined || h.scope.workspaceId === workspaceId));
  }
}

const keyOf = (workspaceId: string, agentId: string | null): string => `${workspaceId} ${agentId ?? "all"}`;
