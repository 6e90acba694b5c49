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

  async measure<T>(phase: string, run: () => Promise<T>): Promise<T> {
    const from = this.wall.now();
    try {
      return await run();
    } finally {
      this.#timings.push({ phase, startMs: from - this.#start, durationMs: this.wall.now() - from });
    }
  }
}
