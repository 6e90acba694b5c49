import { randomUUID } from "node:crypto";
import type { Database } from "@/server/adapters/db/database";
import { EventSequencer } from "./event-sequencer";
import { EventTails } from "./event-tails";
import { PrismaEventLog } from "./prisma-event-log";

export type OpenEventLog = { readonly log: PrismaEventLog; readonly sequencer: EventSequencer; close(): Promise<void> };

/** The event log with its sequencer running; close it before the database. */
export async function openEventLog(db: Database, options: { pollMs?: number; onError?: (error: unknown) => void } = {}): Promise<OpenEventLog> {
  const tails = new EventTails();
  const log = new PrismaEventLog(db, tails);
  const sequencer = new EventSequencer(db, tails, { owner: randomUUID(), ...options });
  await sequencer.start();
  return { log, sequencer, close: () => sequencer.stop() };
}
