import type { AgentStatusView } from "@/server/api/contract";

const LOOK: Readonly<Record<AgentStatusView, { readonly cls: string; readonly word: string }>> = {
  running: { cls: "on", word: "Running" },
  starting: { cls: "cool", word: "Starting" },
  stopping: { cls: "cool", word: "Stopping" },
  stopped: { cls: "off", word: "Stopped" },
  halted: { cls: "halt", word: "Halted" },
  archived: { cls: "off", word: "Archived" },
};

/** Shape and word, never colour alone. */
export const Status = ({ status }: { status: AgentStatusView }) => (
  <span className={`st ${LOOK[status].cls}`} data-testid="agent-status">
    {LOOK[status].word}
  </span>
);
