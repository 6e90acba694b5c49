import { expect, it } from "vitest";
import { turnCode } from "@/server/agents";
import { fixed } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { LiveReplayService } from "./replay-service";

describeDatabase("replaying a stored decision", (db) => {
  const decided = async () => {
    const seeded = await seedWorkspace(db());
    const live = liveAgents(db());
    const { agentId } = await live.service.create(seeded.scope, { config: TEST_CONFIG, capital: fixed("10000") });
    await live.service.decideNow(seeded.scope, { agentId, key: "replayed" });
    const request = live.requested[0];
    if (!request) throw new Error("no turn was asked for");
    const { turnId } = await live.runner.run(request);
    const replay = new LiveReplayService({ db: db(), turns: live.turns, code: turnCode("test"), wall: live.clock });
    const turn = await db().prisma.turn.findUniqueOrThrow({ where: { id: turnId } });
    return { ...seeded, replay, turnId, turn };
  };

  it("comes to the same result, stage by stage", async () => {
    const d = await decided();
    expect(await d.replay.replay(d.scope, d.turnId)).toMatchObject({ result: "identical" });
  });

  for (const blob of ["inputsHash", "decisionHash", "verdictHash"] as const) {
    it(`refuses when the blob behind ${blob} was altered, and names it`, async () => {
      const d = await decided();
      const hash = d.turn[blob] ?? "";
      const other = await db().prisma.blob.findFirstOrThrow({ where: { hash: { not: hash } } });
      await db().prisma.blob.update({ where: { hash }, data: { bytes: other.bytes } });
      const result = await d.replay.replay(d.scope, d.turnId);
      expect(result).toMatchObject({ result: "cannot", missing: expect.stringContaining(hash) });
    });
  }

  it("says what is missing when a candle window is gone", async () => {
    const d = await decided();
    const kept = [d.turn.inputsHash, d.turn.contextHash, d.turn.decisionHash, d.turn.verdictHash, d.turn.intentsHash].filter((h) => h !== null);
    expect((await db().prisma.blob.deleteMany({ where: { hash: { notIn: kept } } })).count).toBeGreaterThan(0);
    expect(await d.replay.replay(d.scope, d.turnId)).toMatchObject({ result: "cannot", missing: "the recorded inputs" });
  });

  it("shows another tenant nothing", async () => {
    const d = await decided();
    const foreign = await seedWorkspace(db());
    await expect(d.replay.replay(foreign.scope, d.turnId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
