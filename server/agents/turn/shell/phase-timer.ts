import type { Clock } from "@/server/shared";
import type { Timing } from "./ports";

/** How long each phase took, in wall ms from the turn's start. */
export class PhaseTimer {
  readonly #start: number;
  readonly #timings: Timing[] = [];
  constructor(private readonly wall: Clock) {
    this.#start = wall.now();
  }

  get timings(): readonly Timing[] {
    return [...this.#timings];
  }

  /** `run` learns the timings up to the moment it asks, its own phase included. */
  async measure<T>(phase: string, run: (soFar: () => readonly Timing[]) => Promise<T>): Promise<T> {
    const from = this.wall.now();
    const timing = (): Timing => ({ phase, startMs: from - this.#start, durationMs: this.wall.now() - from });
    try {
      return await run(() => [...this.#timings, timing()]);
    } finally {
      this.#timings.push(timing());
    }
  }
}
