import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { type TurnCode, turnCode } from "@/server/agents";
import { fixed } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { LiveReplayService } from "./replay-service";

const CODE: TurnCode = { ...turnCode("test"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "300" } }) };
const ANSWER = JSON.parse(JSON.stringify({ ...decides({ action: "hold", size: null })(), horizonMs: undefined, horizonHours: null }));

/** A turn as it was really run, by rules or by a model. */
async function storedTurn(db: Database, kind: "rules" | "model") {
  const { scope, workspaceId } = await seedWorkspace(db);
  const reply = {
    toolInput: ANSWER,
    raw: "{}",
    stopReason: "tool_use",
    usage: { inputTokens: 1, outputTokens: 1 },
    latencyMs: 1,
    attempts: 1,
  } as const;
  const a = liveAgents(db, { start: Date.UTC(2026, 10, 2, 1), code: CODE, model: { complete: async () => reply } });
  const decider = kind === "model" ? { kind, model: "claude-haiku-4-5" } : TEST_CONFIG.decider;
  const { agentId } = await a.service.create(scope, { config: { ...TEST_CONFIG, decider }, capital: fixed("1000") });
  const trigger = { kind: "manual" as const, eventId: "one", actorId: "person" };
  const { turnId } = await a.runner.run({ workspaceId, agentId, tickId: "m:one", at: a.clock.time, trigger });
  const replay = (code: TurnCode) => new LiveReplayService({ db, turns: new PrismaTurnStore(db), code, wall: a.clock }).replay(scope, turnId);
  return { turnId, replay };
}

describeDatabase("a replay of a stored decision", (db) => {
  it("is identical by the same code, for rules and for a model", async () => {
    for (const kind of ["rules", "model"] as const) {
      const { replay } = await storedTurn(db(), kind);
      const result = await replay(CODE);
      expect(result).toMatchObject({ result: "identical" });
    }
  });

  it("names the first stage that other code decides otherwise", async () => {
    const rules = await storedTurn(db(), "rules");
    const stricter: TurnCode = {
      ...CODE,
      judge: (inputs, decision) =>
        CODE.judge({ ...inputs, agent: { ...inputs.agent, limits: { ...inputs.agent.limits, maxOrderNotional: "100" } } }, decision),
    };
    expect(await rules.replay(stricter)).toMatchObject({ result: "different", stage: "verdict" });
    const asked = await storedTurn(db(), "model");
    const reworded: TurnCode = {
      ...CODE,
      renderPrompt: (...from) => {
        const request = CODE.renderPrompt(...from);
        return { ...request, system: `${request.system} Be bold.` };
      },
    };
    expect(await asked.replay(reworded)).toMatchObject({ result: "different", stage: "prompt" });
  });

  it("refuses to vouch for a record that was altered", async () => {
    const { turnId, replay } = await storedTurn(db(), "rules");
    const turn = await db().prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
    const other = await db().prisma.blob.findFirstOrThrow({ where: { hash: { not: turn.inputsHash ?? "" } } });
    await db().prisma.blob.update({ where: { hash: turn.inputsHash ?? "" }, data: { bytes: other.bytes } });
    expect(await replay(CODE)).toMatchObject({ result: "cannot" });
  });

  it("is not given to other workspaces", async () => {
    const { turnId } = await storedTurn(db(), "rules");
    const stranger = await seedWorkspace(db());
    const service = new LiveReplayService({ db: db(), turns: new PrismaTurnStore(db()), code: CODE, wall: { now: () => 0 } });
    await expect(service.replay(stranger.scope, turnId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
