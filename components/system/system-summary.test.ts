import { describe, expect, it } from "vitest";
import type { SystemPart } from "@/server/api/contract";
import { systemSummary } from "./system-summary";

const part = (label: string, kind: SystemPart["kind"], state: SystemPart["state"]): SystemPart => ({
  id: label,
  label,
  kind,
  state,
  detail: "",
  since: null,
});

describe("systemSummary", () => {
  it("counts the kinds and says when all is up", () => {
    expect(systemSummary([part("Database", "embedded", "up"), part("Models", "real", "up")])).toEqual({
      state: "on",
      words: "All systems up",
      kinds: "1 embedded, 1 real, 0 simulated",
    });
  });

  it("names what is down before what is degraded", () => {
    const parts = [part("Engine", "embedded", "degraded"), part("Prices", "simulated", "down")];
    expect(systemSummary(parts)).toMatchObject({ state: "halt", words: "Down: Prices" });
    expect(systemSummary(parts.slice(0, 1))).toMatchObject({ state: "cool", words: "Degraded: Engine" });
  });
});
