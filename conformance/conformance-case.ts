import type { Inngest, InngestFunction } from "inngest";

/** What a function says it did, in the order in which it was said. */
export type Entry = { readonly token: string; readonly what: string; readonly data: unknown; readonly at: number };
/** Called by functions. `token` is of the drive that the event belongs to. */
export type Note = (event: { data?: unknown }, what: string, data?: unknown) => void;

/** One black box test: functions written only against the SDK, and what must be seen of them from outside. */
export type ConformanceCase = {
  readonly id: string;
  readonly title: string;
  readonly functions: (client: Inngest, note: Note) => readonly InngestFunction.Any[];
  readonly drive: (drive: Drive) => Promise<void>;
};

export type Drive = {
  /** Sends an event of the case: its name is the case's, with a suffix when one is given; its data has the drive's token. */
  send(event?: SentEvent | readonly SentEvent[]): Promise<void>;
  /** What was said so far. */
  seen(): Promise<readonly Entry[]>;
  /** What was said so far, as words. */
  words(): Promise<readonly string[]>;
  /** Until the word was said so often; throws when that takes too long. Returns all that was said. */
  until(what: string, times?: number): Promise<readonly Entry[]>;
  /** Waits (ms), and throws if the word was said more often than allowed by then. */
  never(what: string, waitMs: number, allowed?: number): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Kills the process that runs the functions (SIGKILL) and starts it again. Only in cases of `kills`. */
  kill(): Promise<void>;
};

export type SentEvent = { readonly on?: string; readonly id?: string; readonly data?: Record<string, unknown>; readonly ts?: number };

/** The event that starts the case's function; `on` names its others. */
export const eventOf = (id: string, on?: string): string => `conformance/${id}${on ? `.${on}` : ""}`;

/** The function's event data, as the drive sends it. */
export const dataOf = (event: { data?: unknown }): Record<string, unknown> & { token: string } =>
  (event.data ?? {}) as Record<string, unknown> & { token: string };
