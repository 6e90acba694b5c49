import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { MessagesApiServer } from "@/server/testing/messages-api-server";
import { AGENT_FORM } from "@/server/testing/walked-procedures";
import type { ModelsView } from "./contract";
import type { RestatedView } from "./contract/goals";

let provider: MessagesApiServer;
beforeAll(async () => {
  provider = await MessagesApiServer.start();
});
afterAll(() => provider.stop());

const GERMAN = "Mach diesen Monat 5 % mit BTC, ohne je mehr als 2 % zu verlieren";

describeDatabase("a goal in words that the grammar does not know", (db) => {
  it("is put plainly by a model once a key is there: read by the grammar, paid, asked once, and never past the budget", async () => {
    provider.play();
    const api = apiFixture(db(), { modelUrl: provider.url });
    const { headers } = await api.person();
    await api.call("agents.create", { ...AGENT_FORM, capital: "1000" }, headers);
    const restate = (sentence: string, key: string = randomUUID()) => api.call("goals.restate", { sentence, nodeId: null, key }, headers);
    expect((await restate(GERMAN)).error?.code).toBe("MODEL_KEY_MISSING");
    expect(provider.requests.length).toBe(0);

    provider.key = `sk-ant-${randomUUID()}`;
    await api.call("models.setKey", { provider: "anthropic", key: provider.key }, headers);
    await api.call("workspace.setLimits", { limits: AGENT_FORM.limits, dailyModelCap: "1" }, headers);
    provider.play({ kind: "tool", input: { sentence: "make 5 % on BTC this month, never lose more than 2 %", question: null } });
    const answer = await restate(GERMAN, "the-same-key");
    const view = answer.data as RestatedView;
    expect(view).toMatchObject({
      sentence: "make 5 % on BTC this month, never lose more than 2 %",
      reading: { kind: "goals", symbols: ["BTC/USDT"] },
    });
    expect(view.reading.kind === "goals" && view.reading.drafts.map((d) => [d.kind, d.target, d.unit])).toEqual([
      ["profit", "5", "percent"],
      ["drawdown", "2", "percent"],
    ]);
    const models = (await api.call("models.get", undefined, headers)).data as ModelsView;
    expect(models.workspaceBudget.settled).toBe(view.cost);
    expect(Number(view.cost)).toBeGreaterThan(0);
    const asked = provider.requests.length;
    expect((await restate(GERMAN, "the-same-key")).error?.code).toBe("MODEL_ASKED_BEFORE");
    expect(provider.requests.length).toBe(asked);

    provider.play({ kind: "tool", input: { sentence: "make 40 % this month", question: null } });
    expect((await restate("Mach mich reich")).data).toMatchObject({
      reading: { kind: "question", question: expect.stringContaining("put in 40"), choices: [{ sentence: "make 40 % this month" }] },
    });
    provider.play({ kind: "tool", input: { sentence: null, question: "Wie viel?" } });
    expect((await restate("Mehr Geld")).data).toMatchObject({ sentence: null, reading: { kind: "question", question: "Wie viel?" } });
    provider.play({ kind: "text", text: "Get rich slowly." });
    expect((await restate("Mehr Geld")).data).toMatchObject({ reading: { kind: "nothing" } });

    await api.call("workspace.setLimits", { limits: AGENT_FORM.limits, dailyModelCap: "0" }, headers);
    provider.play({ kind: "tool", input: { sentence: "make 5 %", question: null } });
    expect((await restate("Mehr Geld")).error?.code).toBe("MODEL_BUDGET_EXCEEDED");
    expect(provider.requests.length).toBe(0);
  });
});
