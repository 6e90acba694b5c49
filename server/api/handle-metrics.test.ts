import { describe, expect, it } from "vitest";
import { handleMetrics } from "./handle-metrics";

const TOKEN = "a-long-enough-token";
const ask = (env: { METRICS_TOKEN?: string; production: boolean }, headers: Record<string, string>) =>
  handleMetrics(new Request("http://127.0.0.1/api/metrics", { headers }), {
    env: { METRICS_TOKEN: undefined, ...env },
    read: async () => "memepulse_turns_total 1\n",
  });
const statusOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).status;

describe("the metrics", () => {
  it("are for the bearer of the token, in every mode", async () => {
    for (const production of [true, false]) {
      const env = { METRICS_TOKEN: TOKEN, production };
      const answer = await ask(env, { authorization: `Bearer ${TOKEN}`, host: "memepulse.example" });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
      expect(await answer.text()).toBe("memepulse_turns_total 1\n");
      for (const authorization of ["", "Bearer ", `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`, TOKEN])
        expect(await statusOf(env, { authorization, host: "127.0.0.1:3000" }), authorization).toBe(401);
      expect(await statusOf(env, { host: "127.0.0.1:3000" })).toBe(401);
    }
  });

  it("without a token are open on loopback outside production, and nowhere else", async () => {
    for (const host of ["127.0.0.1:3000", "localhost:3000", "localhost", "[::1]:3000"])
      expect(await statusOf({ production: false }, { host })).toBe(200);
    for (const host of ["memepulse.example", "127.0.0.1.example:3000", "192.168.0.2:3000", "localhost.example", ""])
      expect(await statusOf({ production: false }, { host }), host).toBe(404);
    expect(await statusOf({ production: true }, { host: "127.0.0.1:3000" })).toBe(404);
  });
});
