import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { type TurnCode, turnCode } from "@/server/agents";
import { DomainError, fixed, HOUR_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { createMetrics } from "./metrics";
import { observeTurns } from "./observe-turns";
import { watchOrderStore, watchTurnStore } from "./watch-ports";

const exporter = new InMemorySpanExporter();
const PRIVATE = "what nobody else may read";

beforeEach(() => {
  exporter.reset();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
afterEach(() => trace.disable());

/** A running agent that buys, watched; and its first tick, at its time. */
async function watchedAgent(
  db: Database,
  code: Partial<TurnCode> = { decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "500" } }) },
) {
  const metrics = createMetrics();
  const seeded = await seedWorkspace(db);
  const live = liveAgents(db, {
    start: Date.UTC(2026, 10, 2),
    turns: watchTurnStore(new PrismaTurnStore(db), metrics),
    orders: watchOrderStore(new PrismaOrderStore(db), metrics),
    observer: observeTurns(metrics),
    code: { ...turnCode("test"), ...code },
  });
  const { agentId } = await live.service.create(seeded.scope, { config: { ...TEST_CONFIG, strategyText: PRIVATE }, capital: fixed("10000") });
  await live.service.start(seeded.scope, agentId);
  await live.scheduler.finishTransition(seeded.workspaceId, agentId);
  const [tick] = await live.scheduler.plan(HOUR_MS);
  if (!tick) throw new Error("no tick was planned");
  live.clock.time = tick.wallAt;
  const samples = async (name: string) =>
    Object.fromEntries((await metrics.registry.getSingleMetric(name)?.get())?.values.map((v) => [Object.values(v.labels).join(" "), v.value]) ?? []);
  return { ...seeded, ...live, agentId, tick, metrics, samples };
}

const spanNamed = (name: string): ReadableSpan => {
  const found = exporter.getFinishedSpans().filter((s) => s.name === name);
  expect(found, name).toHaveLength(1);
  return found[0] as ReadableSpan;
};

describeDatabase("a watched turn", (db) => {
  it("is one span with one child a phase, and its settlement joins it", async () => {
    const a = await watchedAgent(db());
    const { turnId } = await a.runner.run(a.tick);
    a.clock.time += 2 * HOUR_MS;
    expect(await a.runner.settleDue()).toEqual({ settled: 1 });

    const turn = spanNamed("turn");
    expect(turn.parentSpanContext).toBeUndefined();
    expect(turn.attributes).toEqual({ "memepulse.agent.id": a.agentId, "memepulse.turn.id": turnId, "memepulse.turn.outcome": "executing" });
    const phases = ["claim", "context", "decide", "judge", "intend", "execute", "settle"];
    expect(exporter.getFinishedSpans().map((s) => s.name)).toEqual([...phases.slice(0, 6).map((p) => `turn.${p}`), "turn", "turn.settle"]);
    for (const phase of phases) {
      const span = spanNamed(`turn.${phase}`);
      expect(span.parentSpanContext?.spanId, phase).toBe(turn.spanContext().spanId);
      expect(span.spanContext().traceId).toBe(turn.spanContext().traceId);
      expect(span.attributes).toMatchObject({ "memepulse.agent.id": a.agentId, "memepulse.turn.id": turnId, "memepulse.turn.phase": phase });
    }
    expect(spanNamed("turn.settle").attributes["memepulse.turn.outcome"]).toBe("settled");
    expect(JSON.stringify(exporter.getFinishedSpans().map((s) => [s.attributes, s.events, s.status]))).not.toContain(PRIVATE);
  });

  it("is counted once, whatever is run again", async () => {
    const a = await watchedAgent(db());
    const { turnId } = await a.runner.run(a.tick);
    await a.runner.run(a.tick);
    a.clock.time += 2 * HOUR_MS;
    await a.runner.settle(a.workspaceId, turnId);
    await a.runner.settle(a.workspaceId, turnId);
    expect(await a.samples("memepulse_turns_total")).toEqual({ ordered: 1, settled: 1 });
    expect(await a.samples("memepulse_risk_verdicts_total")).toEqual({ "approve none": 1 });
    expect(await a.samples("memepulse_orders_total")).toEqual({ placed: 1, filled: 1 });
    expect(await a.samples("memepulse_order_fills_total")).toEqual({ "": await db().prisma.fill.count() });
    const text = await a.metrics.registry.metrics();
    for (const id of [a.agentId, a.workspaceId, turnId]) expect(text).not.toContain(id);
    expect(text).toContain('memepulse_turn_phase_duration_seconds_count{phase="judge"} 1');
  });

  it("names the rule that denied", async () => {
    const a = await watchedAgent(db(), { decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "0.5" } }) });
    await a.runner.run(a.tick);
    expect(await a.samples("memepulse_risk_verdicts_total")).toEqual({ "deny quantity-range": 1 });
    expect(await a.samples("memepulse_turns_total")).toEqual({ held: 1 });
  });

  it("that breaks shows the error's code, never its message", async () => {
    const judge = () => {
      throw new DomainError("LEDGER_BROKEN", PRIVATE, { kind: "internal" });
    };
    const a = await watchedAgent(db(), { judge });
    await expect(a.runner.run(a.tick)).rejects.toThrow(PRIVATE);
    for (const name of ["turn", "turn.judge"]) {
      expect(spanNamed(name).status).toEqual({ code: 2, message: "LEDGER_BROKEN" });
      expect(spanNamed(name).attributes).toMatchObject({ "memepulse.turn.outcome": "error", "memepulse.error.code": "LEDGER_BROKEN" });
    }
    expect(JSON.stringify(exporter.getFinishedSpans().map((s) => [s.attributes, s.events, s.status]))).not.toContain(PRIVATE);
    expect(await a.samples("memepulse_turn_errors_total")).toEqual({ LEDGER_BROKEN: 1 });
    expect(await a.samples("memepulse_turns_total")).toEqual({});
  });
});
