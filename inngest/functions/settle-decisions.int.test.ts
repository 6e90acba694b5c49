import { expect, it } from "vitest";
import { openDatabase } from "@/server/adapters/db/open-database";
import type { TurnRequest } from "@/server/agents";
import { engineFixture } from "@/server/testing/engine";
import type { DurableRuntime } from "../runtime";
import { settleDecisions } from "./settle-decisions";

const MINUTE = 60_000;

it("takes up a turn whose process died though a settlement fails", async () => {
  const db = await openDatabase();
  const resumed: unknown[] = [];
  const left: TurnRequest = { workspaceId: crypto.randomUUID(), agentId: crypto.randomUUID(), tickId: "s:1", at: 1, trigger: { kind: "schedule" } };
  const turns = {
    settleDue: () => Promise.reject(new Error("the record of one decision is gone")),
    abandoned: async () => [left],
  } as unknown as DurableRuntime["turns"];
  const f = engineFixture(db, (client) => [
    settleDecisions({ client, turns } as DurableRuntime),
    client.createFunction({ id: "listener", triggers: [{ event: "agent/turn.asked" }] }, async ({ event }) => void resumed.push(event.data)),
  ]);
  try {
    f.clock.jumpTo(Math.ceil(Date.now() / MINUTE) * MINUTE - 200);
    await f.start();
    await expect.poll(() => resumed, { timeout: 10_000 }).toEqual([left]);
  } finally {
    await f.engine.stop();
    await db.close();
  }
});
