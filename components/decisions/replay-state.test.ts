import { describe, expect, it } from "vitest";
import type { ReplayView } from "@/server/api/contract";
import { replayState } from "./replay-state";

const done = (data: ReplayView) => replayState({ status: "success", data, message: null });

describe("replayState", () => {
  it("is idle, then running", () => {
    expect(replayState({ status: "idle", data: undefined, message: null }).state).toBe("idle");
    expect(replayState({ status: "pending", data: undefined, message: null }).state).toBe("running");
  });

  it("counts the hashes that match", () => {
    const state = done({ result: "identical", build: "0.1.0", durationMs: 61.2, stages: [{ stage: "context", hash: "a", replayed: "a" }] });
    expect(state).toMatchObject({ state: "identical", title: "Replay is identical", text: expect.stringContaining("All 1 hashes match") });
  });

  it("names the stage and field that differ, and whether the code changed", () => {
    const data = {
      result: "different",
      stage: "verdict",
      field: "checks.2.reason",
      recorded: "1",
      replayed: "2",
      recordedBuild: "a",
      build: "b",
      stages: [],
      durationMs: 1,
    } as const;
    expect(done({ ...data, stages: [], codeChanged: true })).toMatchObject({
      state: "different",
      title: "Replay differs in the risk verdict",
      text: expect.stringContaining("The code changed"),
    });
    const same = done({ ...data, stages: [], codeChanged: false });
    expect(same).toMatchObject({ text: expect.stringContaining("checks.2.reason") });
    expect(same).not.toMatchObject({ text: expect.stringContaining("The code changed") });
  });

  it("says which input is missing, and keeps a failed call apart from it", () => {
    expect(done({ result: "cannot", missing: "the recorded inputs" })).toMatchObject({
      state: "cannot",
      text: expect.stringContaining("Missing: the recorded inputs."),
    });
    expect(replayState({ status: "error", data: undefined, message: "Too many calls" })).toMatchObject({
      state: "failed",
      text: expect.stringContaining("Too many calls."),
    });
  });
});
