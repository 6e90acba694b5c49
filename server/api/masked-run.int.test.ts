import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { MessagesApiServer } from "@/server/testing/messages-api-server";
import { AGENT_FORM } from "@/server/testing/walked-procedures";
import type { AgentDetail, DecisionDetail } from "./contract";

let provider: MessagesApiServer;
beforeAll(async () => {
  provider = await MessagesApiServer.start();
});
afterAll(() => provider.stop());

const MODEL = "claude-haiku-4-5";
const BUY = {
  action: "buy",
  symbol: "ASSETA/USDT",
  size: { unit: "quote", amount: "500" },
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 0.6,
  horizonHours: null,
  reasoning: "ASSETA is strong",
};

describeDatabase("a masked run", (db) => {
  it("asks the model about ASSETA, trades what that is, shows what it read as such, and replays identically", async () => {
    const key = `sk-ant-${randomUUID()}`;
    provider.key = key;
    const api = apiFixture(db(), { modelUrl: provider.url });
    const { headers } = await api.person();
    await api.call("models.setKey", { provider: "anthropic", key }, headers);
    const form = {
      ...AGENT_FORM,
      name: "Bitcoin hunter",
      decider: { kind: "model", model: MODEL },
      masked: true,
      strategyText: "Buy bitcoin.",
      capital: "1000",
    };
    const { agentId } = (await api.call("agents.create", form, headers)).data as { agentId: string };
    provider.play({ kind: "tool", input: BUY });
    const { turnId } = (await api.call("agents.decideNow", { agentId, key: "masked-turn" }, headers)).data as { turnId: string };
    for (const request of api.requested.splice(0)) await api.runner.run(request);

    const asked = JSON.stringify(provider.requests.at(-1)?.body);
    expect(asked).toContain("ASSETA/USDT");
    expect(asked).not.toMatch(/BTC|bitcoin|Bitcoin|2026-\d\d/);
    const view = (await api.call("decisions.get", { turnId }, headers)).data as DecisionDetail;
    expect(view).toMatchObject({ masked: true, decision: { symbol: "BTC/USDT", reasoning: "ASSETA is strong" }, row: { symbol: "BTC/USDT" } });
    expect(view.intents).toMatchObject([{ symbol: "BTC/USDT", side: "buy" }]);
    // What was read is as old as it was, not decades.
    for (const item of view.context) expect(Math.abs(view.row.at - item.at)).toBeLessThan(86_400_000);
    expect((await api.call("decisions.replay", { turnId }, headers)).data).toMatchObject({ result: "identical" });
    expect((await api.call("agents.get", { agentId }, headers)).data as AgentDetail).toMatchObject({ config: { masked: true } });
  });
  it("is refused to rules, which read no names", async () => {
    const api = apiFixture(db());
    const { headers } = await api.person();
    const answer = await api.call("agents.create", { ...AGENT_FORM, masked: true, capital: "1000" }, headers);
    expect(answer.error).toMatchObject({ code: "MASK_NEEDS_MODEL", field: "masked" });
  });
});
