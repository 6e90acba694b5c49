import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assessPortfolio, type PortfolioQuestion } from "@/server/risk";
import { type ComputeRisk, computeRisk } from "./compute-risk";

const HOUR = 3_600_000;
const series = (symbol: string, speed: number) => {
  const rows = Array.from({ length: 301 }, (_, i) => i);
  return { symbol, times: rows.map((i) => i * HOUR), prices: rows.map((i) => 100 + 10 * Math.sin(i * speed) + Math.cos(i * 3 * speed)) };
};
const held = Array.from({ length: 12 }, (_, i) => `C${i}/USDT`);
const all = held.map((symbol, i) => series(symbol, 0.3 + i / 7));
const question: PortfolioQuestion = {
  held: held.map((symbol) => ({ symbol, quantity: 1, value: 100, venue: "Paper", dailyVolume: 1_000 })),
  cash: 500,
  currency: "USDT",
  venue: "Paper",
  series: all,
  stepMs: HOUR,
  benchmark: series("BTC/USDT", 0.9),
  past: { series: all, stepMs: HOUR, steps: 24, real: false },
  confidence: 0.95,
  scenarios: 1_000,
  seed: 1,
  participation: 0.1,
  shocks: [{ id: "a", name: "No", shock: { kind: "price", change: -1, symbols: ["DOGE/USDT"] } }],
};

describe("risk beside the event loop", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "risk-worker-"));
  const file = path.join(dir, "risk-worker.mjs");
  beforeAll(async () => {
    const root = path.resolve(import.meta.dirname, "../../..");
    await build({
      entryPoints: [path.join(root, "server/adapters/process/risk-worker.ts")],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      tsconfig: path.join(root, "tsconfig.json"),
      logLevel: "silent",
    });
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it.each<[string, () => ComputeRisk]>([
    ["in a thread", () => computeRisk(file)],
    ["in parts", () => computeRisk(path.join(dir, "nothing.mjs"))],
  ])("%s it is what it is at once, refusals included", async (_, compute) => {
    const answers = await Promise.all([compute()(question), compute()({ ...question, held: [] })]);
    expect(answers[0]).toEqual(assessPortfolio(question));
    expect(answers[1]?.correlation).toMatchObject({ ok: false, code: "NO_POSITIONS" });
  });

  it("in a thread the event loop goes on meanwhile, and a thread that dies is an error, not silence", async () => {
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    await computeRisk(file)({ ...question, scenarios: 200_000 });
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
    // What cannot be cloned never arrives; what is no question ends the thread.
    await expect(computeRisk(file)({} as never)).rejects.toMatchObject({ code: "RISK_UNAVAILABLE" });
  });
});
