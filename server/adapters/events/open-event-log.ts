import { randomUUID } from "node:crypto";
import type { Database } from "@/server/adapters/db/database";
import { EventBus } from "./event-bus";
import { EventSequencer } from "./event-sequencer";
import { PrismaEventLog } from "./prisma-event-log";

export type OpenEventLog = { readonly log: PrismaEventLog; readonly sequencer: EventSequencer; close(): Promise<void> };

/** The event log with its sequencer running; close it before the database. */
export async function openEventLog(db: Database, options: { pollMs?: number; onError?: (error: unknown) => void } = {}): Promise<OpenEventLog> {
  const bus = new EventBus();
  const log = new PrismaEventLog(db, bus);
  const sequencer = new EventSequencer(db, bus, { owner: randomUUID(), ...options });
  await sequencer.start();
  return { log, sequencer, close: () => sequencer.stop() };
}
