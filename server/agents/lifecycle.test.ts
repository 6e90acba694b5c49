import { describe, expect, it } from "vitest";
import { AGENT_EVENTS, statusesThatCan, transitionAgent } from "./lifecycle";
import { AGENT_STATUSES } from "./types";

describe("transitionAgent", () => {
  it("goes stopped → starting → running → stopping → stopped", () => {
    let status = transitionAgent("stopped", "start");
    expect(status).toBe("starting");
    status = transitionAgent(status, "started");
    expect(status).toBe("running");
    status = transitionAgent(status, "stop");
    expect(status).toBe("stopping");
    expect(transitionAgent(status, "stopped")).toBe("stopped");
  });

  it("halts from everywhere but the archive, and only resumes from a halt", () => {
    for (const s of AGENT_STATUSES) {
      if (s === "archived") expect(() => transitionAgent(s, "halt")).toThrow(/archived/);
      else expect(transitionAgent(s, "halt")).toBe("halted");
    }
    expect(statusesThatCan("resume")).toEqual(["halted"]);
  });

  it("throws for every pair that is not in the table, and leaves the archive never", () => {
    let refused = 0;
    for (const s of AGENT_STATUSES) {
      for (const e of AGENT_EVENTS) {
        if (statusesThatCan(e).includes(s)) continue;
        refused += 1;
        expect(() => transitionAgent(s, e)).toThrow(expect.objectContaining({ code: "INVALID_AGENT_TRANSITION" }));
      }
    }
    expect(refused).toBe(AGENT_STATUSES.length * AGENT_EVENTS.length - 14);
    for (const e of AGENT_EVENTS) expect(() => transitionAgent("archived", e)).toThrow();
  });
});
