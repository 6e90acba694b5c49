import type { ProcedureCall } from "@/server/api/context";
import type { Metrics } from "./metrics";

/** Counts one procedure call by its name and tRPC's code. */
export function countCall(m: Metrics, { procedure, code, seconds }: ProcedureCall): void {
  m.calls.inc({ procedure, code });
  m.callSeconds.observe({ procedure }, seconds);
}

/** Counts a live event stream as open until the answer is called. */
export function countStream(m: Metrics): () => void {
  m.streams.inc();
  return () => m.streams.dec();
}
