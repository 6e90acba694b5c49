import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { RISK_RULES } from "@/server/risk";
import { hashRecord } from "./hash-record";
import { judgeDecision } from "./judge-decision";
import { replayTurn, type TurnRecording } from "./replay";
import { runTurnCore } from "./run-core";
import { turnCode } from "./turn-code";

/** Turns as the build before the second version of the inputs recorded them: bought, reduced, denied, flattened. */
const file = path.resolve(import.meta.dirname, "../../testing/recorded-turns.v1.json");
const recorded = JSON.parse(readFileSync(file, "utf8")) as readonly (TurnRecording & { readonly name: string; readonly recordHash: string })[];
const code = turnCode("a later build");

describe("a turn of the first version", () => {
  it.each(recorded.map((r) => [r.name, r] as const))("replays identically: %s", (_name, recording) => {
    expect(recording.inputs?.version).toBe(1);
    expect(replayTurn(recording, code).result).toBe("identical");
    if (recording.inputs) {
      const again = runTurnCore(recording.inputs, code);
      expect(hashRecord(again.inputs, again.replies, again.stages)).toBe(recording.recordHash);
    }
  });

  it("control: judged by today's rules it would not", () => {
    const today = { ...code, judge: (...[inputs, decision]: Parameters<typeof code.judge>) => judgeDecision(inputs, decision, RISK_RULES) };
    expect(recorded.length).toBeGreaterThan(3);
    for (const recording of recorded)
      expect(replayTurn(recording, today)).toMatchObject({ result: "different", stage: "verdict", codeChanged: true });
  });
});
