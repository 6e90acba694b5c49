import { DomainError } from "@/server/shared";
import { ConnectionLost, codeOf, type InterleavingScheduler } from "./interleaving-scheduler";
import type { Machine } from "./simulated-world";

/** What a task may end by when things go wrong around it: somebody else is at it, or comes back to it. */
const EXPECTED = ["AGENT_BUSY", "LEASE_LOST", "VENUE_UNAVAILABLE", "INVALID_AGENT_TRANSITION", "CONFIG_VERSION_CONFLICT"];

/** What machines are told to do. An end that nobody expects is a violation. */
export class SimulatedTasks {
  constructor(
    private readonly scheduler: InterleavingScheduler,
    private readonly violations: string[],
  ) {}

  /** Takes up what was left and settles what is due. */
  async sweep(machine: Machine): Promise<void> {
    const { runner } = machine.process;
    // One that cannot go on keeps no other from being taken up.
    for (const request of await runner.abandoned(100)) await this.#tolerate("resume", () => runner.run(request));
    await this.#tolerate("settle", () => runner.settleDue());
  }

  /** Begins a task on the machine's process of that moment; it dies with it. */
  later(machine: Machine, name: string, waitMs: number, task: (machine: Machine) => Promise<unknown>): void {
    const { process } = machine;
    void this.#tolerate(`${process.name} ${name}`, async () => {
      await this.scheduler.call(process, `begins ${name}`, async () => undefined, { waitMs });
      return task(machine);
    });
  }

  async #tolerate(name: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
      this.scheduler.note(`${name} is done`);
    } catch (error) {
      this.scheduler.note(`${name} ends by ${codeOf(error)}`);
      const expected = error instanceof ConnectionLost || (error instanceof DomainError && EXPECTED.includes(error.code));
      if (!expected) this.violations.push(`${name.replace(/^P\S+ /, "")} ended by ${codeOf(error)}`);
    }
  }
}
