import { expect, it } from "vitest";
import { createLogger } from "@/server/observability/logger";
import { apiFixture, proceduresOf } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { MessagesApiServer } from "@/server/testing/messages-api-server";
import { AGENT_FORM, type Ids, PROCEDURES, rowsOf } from "@/server/testing/tenant-walk";
import { appRouter } from "./root";

const CANARY = "sk-ant-api03-CANARYcanary0123456789CANARYcanary";
const HOLD = {
  action: "hold",
  symbol: "BTC/USDT",
  size: null,
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 0.5,
  horizonHours: null,
  reasoning: "Nothing to do.",
};

describeDatabase("secrets", (db) => {
  it("are in no answer, no log line, no row, no blob, no prompt", async () => {
    const provider = await MessagesApiServer.start([{ kind: "tool", input: HOLD }]);
    try {
      provider.key = CANARY;
      const api = apiFixture(db(), { modelUrl: provider.url });
      const { headers, token, caller, session } = await api.person();
      const answers: string[] = [];
      const call = async (path: string, input?: unknown) => {
        const answer = await api.call(path, input, headers);
        answers.push(answer.text);
        return answer;
      };
      expect((await call("models.setKey", { provider: "anthropic", key: CANARY })).data).toEqual({ hint: CANARY.slice(-4) });
      const made = await api.call("apiKeys.create", { name: "bot", scopes: ["read"], expiresInDays: 1 }, headers);
      const { key: apiKey, view } = made.data as { key: string; view: { id: string } };
      const { agentId } = (await call("agents.create", { ...AGENT_FORM, decider: { kind: "model", model: "claude-haiku-4-5" }, capital: "1000" }))
        .data as { agentId: string };

      // A turn of the model, with the key it was given, and one that the provider refuses with the key in its own words.
      const { turnId } = (await call("agents.decideNow", { agentId, key: "canary-turn" })).data as { turnId: string };
      for (const request of api.requested.splice(0)) await api.runner.run(request);
      const asked = provider.requests.length;
      expect(asked).toBeGreaterThan(0);
      const prompts = JSON.stringify(provider.requests.map((r) => r.body));
      provider.key = "another";
      await call("agents.decideNow", { agentId, key: "canary-refused" });
      for (const request of api.requested.splice(0)) await api.runner.run(request).catch((error: unknown) => api.logged.push({ err: error }));
      expect(provider.requests.length).toBeGreaterThan(asked);
      await call("models.test", { provider: "anthropic", model: "claude-haiku-4-5" });
      await call("models.test", { provider: "anthropic", model: "claude-haiku-4-5", key: CANARY });
      await call("models.setKey", { provider: "anthropic", key: `${CANARY} ${CANARY}` });

      const ids: Ids = { agentId, turnId, apiKeyId: view.id, sessionId: session.sessionId, configVersion: 1 };
      for (const [name, { _def }] of Object.entries(proceduresOf(appRouter)))
        if (_def.type === "query" || name === "decisions.replay") await call(name, PROCEDURES[name as keyof typeof PROCEDURES].input?.(ids));

      const lines: string[] = [];
      const log = createLogger("trace", { write: (line) => void lines.push(line) });
      for (const fields of api.logged) log.error(fields, "call failed");
      log.error({ err: new Error(`provider said: invalid API key ${CANARY}`) }, `again ${CANARY}`);
      const everything = {
        answers: answers.join("\n"),
        logs: lines.join("\n"),
        rows: JSON.stringify([...(await rowsOf(db()))]),
        prompts,
      };
      expect(everything.rows).toContain(caller.scope.workspaceId);
      expect(everything.answers).toContain(turnId);
      for (const [where, text] of Object.entries(everything))
        for (const [what, secret] of Object.entries({
          "the model key": CANARY,
          "part of the model key": "CANARYcanary0123456789",
          "the API key": apiKey.slice(12),
          "the session's cookie": token,
        }))
          expect(text.includes(secret), `${what} in ${where}`).toBe(false);
    } finally {
      await provider.stop();
    }
  });
});
