import { describe, expect, it } from "vitest";
import { rateLimit } from "@/server/auth/rate-limit";
import { DomainError } from "@/server/shared";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { rowsOf } from "@/server/testing/tenant-walk";
import { AGENT_FORM } from "@/server/testing/walked-procedures";
import { HIDDEN } from "./error-map";

const CREATE = { ...AGENT_FORM, capital: "1000" };
const limits = (change: Record<string, unknown>) => ({ ...CREATE, limits: { ...CREATE.limits, ...change } });
const rules = (ruleSet: string, params: Record<string, unknown>) => ({ ...CREATE, decider: { kind: "rules", ruleSet, params } });

/** Input, the code and the field the answer must name. */
const REFUSED: [string, unknown, string, string][] = [
  ["an unknown limit", limits({ foo: "5" }), "UNKNOWN_LIMIT", "limits.foo"],
  ["a negative limit", limits({ maxDailyLoss: "-5" }), "INVALID_INPUT", "limits.maxDailyLoss"],
  ["a limit of zero", limits({ maxOrderNotional: "0.00" }), "INVALID_INPUT", "limits.maxOrderNotional"],
  ["a limit as a number", limits({ maxOrderNotional: 5 }), "INVALID_INPUT", "limits.maxOrderNotional"],
  ["no limit where one must be said", { ...CREATE, limits: { ...CREATE.limits, maxDailyLoss: undefined } }, "INVALID_INPUT", "limits.maxDailyLoss"],
  ["half an order an hour", limits({ maxOrdersPerHour: 0.5 }), "INVALID_INPUT", "limits.maxOrdersPerHour"],
  ["neither limit of size", limits({ maxOrderNotional: null, maxPositionNotional: null }), "LIMIT_MISSING", "limits.maxPositionNotional"],
  ["a symbol limit that is no symbol", limits({ allowedSymbols: ["BTC/USDT", "btc"] }), "INVALID_INPUT", "limits.allowedSymbols.1"],
  ["negative capital", { ...CREATE, capital: "-5" }, "INVALID_INPUT", "capital"],
  ["an exponent", { ...CREATE, capital: "1e3" }, "INVALID_INPUT", "capital"],
  ["more decimals than money has", { ...CREATE, capital: "1.0000001" }, "INVALID_INPUT", "capital"],
  ["more digits than are kept", { ...CREATE, capital: "1".repeat(16) }, "INVALID_INPUT", "capital"],
  ["a group separator", { ...CREATE, capital: "1,000" }, "INVALID_INPUT", "capital"],
  ["a space before the number", { ...CREATE, capital: " 5" }, "INVALID_INPUT", "capital"],
  ["a line break after the number", { ...CREATE, capital: "5\n" }, "INVALID_INPUT", "capital"],
  ["no capital", { ...CREATE, capital: "0" }, "INVALID_INPUT", "capital"],
  ["more capital than there is", { ...CREATE, capital: "100000.01" }, "INSUFFICIENT_FUNDS", "capital"],
  ["dust", { ...CREATE, capital: "0.009" }, "AMOUNT_TOO_SMALL", "capital"],
  ["more decimals than the currency is moved with", { ...CREATE, capital: "100.001" }, "TOO_MANY_DECIMALS", "capital"],
  ["an unknown symbol", { ...CREATE, symbols: ["BTC/USDT", "NOPE/USDT"] }, "UNKNOWN_SYMBOL", "symbols.1"],
  ["a repeated symbol", { ...CREATE, symbols: ["BTC/USDT", "BTC/USDT"] }, "INVALID_INPUT", "symbols"],
  ["no symbol", { ...CREATE, symbols: [] }, "INVALID_INPUT", "symbols"],
  ["an unknown interval", { ...CREATE, trigger: { kind: "interval", interval: "2h" } }, "INVALID_INPUT", "trigger.interval"],
  ["an unknown kind of trigger", { ...CREATE, trigger: { kind: "webhook" } }, "INVALID_INPUT", "trigger.kind"],
  ["an unknown rule set", rules("moon", {}), "INVALID_INPUT", "decider.ruleSet"],
  ["an unknown rule parameter", rules("trend-follow", { luck: 7 }), "UNKNOWN_RULE_PARAMETER", "decider.params.luck"],
  ["a model without a key", { ...CREATE, decider: { kind: "model", model: "claude-haiku-4-5" } }, "MODEL_KEY_MISSING", "decider.model"],
  ["an unknown model", { ...CREATE, decider: { kind: "model", model: "gpt-0" } }, "UNKNOWN_MODEL", "decider.model"],
  ["live trading", { ...CREATE, mode: "live" }, "INVALID_INPUT", "mode"],
  ["a name of spaces", { ...CREATE, name: "   " }, "INVALID_INPUT", "name"],
  ["an unknown field", { ...CREATE, leverage: 10 }, "INVALID_INPUT", "leverage"],
  ["nothing at all", undefined, "INVALID_INPUT", ""],
];

describeDatabase("refusals", (db) => {
  it("name the code and the field, in words, and leave nothing half written", async () => {
    const api = apiFixture(db());
    const { headers } = await api.person();
    const before = await rowsOf(db());
    for (const [name, input, code, field] of REFUSED) {
      const { status, error } = await api.call("agents.create", input, headers);
      expect({ name, code: error?.code, field: error?.field ?? "" }).toEqual({ name, code, field });
      expect(status, name).toBeGreaterThanOrEqual(400);
      expect(status, name).toBeLessThan(500);
      expect(error?.message.length, name).toBeGreaterThan(10);
      expect(error?.requestId, name).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(await rowsOf(db())).toEqual(before);
    expect(api.logged).toEqual([]);
  });

  it("name the field inside a change of configuration too, and a version that has moved on", async () => {
    const api = apiFixture(db());
    const { headers } = await api.person();
    const { agentId } = (await api.call("agents.create", CREATE, headers)).data as { agentId: string };
    const before = await rowsOf(db());
    const unknown = await api.call(
      "agents.update",
      { agentId, expectedVersion: 1, config: { ...AGENT_FORM, limits: { ...AGENT_FORM.limits, foo: 1 } } },
      headers,
    );
    expect(unknown.error).toMatchObject({ code: "UNKNOWN_LIMIT", field: "config.limits.foo" });
    const stale = await api.call("agents.update", { agentId, expectedVersion: 2, config: AGENT_FORM }, headers);
    expect(stale).toMatchObject({ status: 409, error: { code: "CONFIG_VERSION_CONFLICT" } });
    const ownLimits = await api.call("workspace.setLimits", { limits: { ...AGENT_FORM.limits, foo: 1 }, dailyModelCap: "1" }, headers);
    expect(ownLimits.error).toMatchObject({ code: "UNKNOWN_LIMIT", field: "limits.foo" });
    for (const amount of ["-1", "1e3", "0", "0.0000001"])
      expect((await api.call("agents.fund", { agentId, amount, key: "12345678" }, headers)).error).toMatchObject({
        code: "INVALID_INPUT",
        field: "amount",
      });
    expect((await api.call("agents.fund", { agentId, amount: "99000.01", key: "12345678" }, headers)).error).toMatchObject({ field: "amount" });
    expect((await api.call("agents.collect", { agentId, amount: "1000.01", key: "12345678" }, headers)).error).toMatchObject({ field: "amount" });
    expect(await rowsOf(db())).toEqual(before);
  });

  it.each(["nonsense", "_", "1_", "9000000000000000_00000000-0000-7000-8000-000000000000", "-9000000000000000_00000000-0000-7000-8000-000000000000"])(
    "say that a cursor is not ours: %s",
    async (cursor) => {
      const api = apiFixture(db());
      const { headers } = await api.person();
      const { error } = await api.call("decisions.list", { cursor }, headers);
      expect(error).toMatchObject({ code: "INVALID_CURSOR", field: "cursor" });
    },
  );

  it("hide what went wrong on our side, and log it under the id that the client gets", async () => {
    const secret = "relation users at 10.0.0.7 does not exist";
    const fail = (error: unknown) => ({ get: async () => Promise.reject(error), setLimits: async () => {}, rename: async () => {} });
    for (const error of [new Error(secret), new DomainError("LEDGER_BROKEN", secret, { kind: "internal", data: { sum: "5" } })]) {
      const api = apiFixture(db(), { services: { workspace: fail(error) } });
      const { headers } = await api.person();
      const answer = await api.call("workspace.get", undefined, headers);
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain("10.0.0.7");
      expect(answer.text).not.toContain("stack");
      expect(answer.error).toMatchObject({ message: HIDDEN, data: null });
      expect(api.logged).toEqual([expect.objectContaining({ err: error, path: "workspace.get", requestId: answer.error?.requestId })]);
    }
  });

  it("tell who changes too much when to come back, and count each person alone", async () => {
    const api = apiFixture(db(), { limitMutations: rateLimit(2) });
    const [one, two] = [await api.person(), await api.person()];
    const change = (headers: Readonly<Record<string, string>>) => api.call("workspace.resume", undefined, headers);
    expect([(await change(one.headers)).status, (await change(one.headers)).status]).toEqual([200, 200]);
    const refused = await change(one.headers);
    expect(refused).toMatchObject({ status: 429, error: { code: "RATE_LIMITED" } });
    expect(refused.error?.retryAfterMs).toBeGreaterThan(0);
    expect((await api.call("workspace.get", undefined, one.headers)).status).toBe(200);
    expect((await change(two.headers)).status).toBe(200);
  });

  describe("of other pages", () => {
    it.each(["https://elsewhere.example", "null", "http://127.0.0.1:4501", "http://127.0.0.1"])("refuse a change from %s", async (origin) => {
      const api = apiFixture(db());
      const { headers } = await api.person();
      const before = await rowsOf(db());
      const answer = await api.call("agents.create", CREATE, { ...headers, origin });
      expect(answer).toMatchObject({ status: 403, error: { code: "FOREIGN_ORIGIN" } });
      expect(await rowsOf(db())).toEqual(before);
    });

    it("let an API key work from anywhere: no browser sends it by itself", async () => {
      const api = apiFixture(db());
      const key = await (await api.person()).apiKey("read", "trade");
      expect((await api.call("agents.create", CREATE, { ...key.headers, origin: "https://elsewhere.example" })).error).toBeNull();
    });
  });
});
