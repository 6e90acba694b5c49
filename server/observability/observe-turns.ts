import { type Context, context, type Span, type SpanContext, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ObservedPhase, TurnObserver } from "../agents";
import type { Metrics } from "./metrics";
import { codeOf } from "./watch-ports";

/** Turns whose settlement can still find its trace in this process. */
const REMEMBERED = 5_000;
const secondsSince = (from: number): number => (performance.now() - from) / 1000;

/**
 * A span for each turn with one child a phase, and how long they took as metrics. Without an SDK that the host has registered spans are
 * no-ops. A settlement joins its turn's trace when the same process decided it; else it is a trace of its own under the same turn id.
 * Attributes: agent id, turn id, phase, outcome; of an error its code only, as messages carry amounts.
 */
export function observeTurns(metrics: Metrics): TurnObserver {
  const decided = new Map<string, SpanContext>();
  const remember = (turnId: string, span: SpanContext) => {
    decided.set(turnId, span);
    const [oldest] = decided.keys();
    if (decided.size > REMEMBERED && oldest !== undefined) decided.delete(oldest);
  };
  return {
    async turn({ agentId, turnId, part }, run) {
      const tracer = trace.getTracer("memepulse");
      const attributes = { "memepulse.agent.id": agentId, "memepulse.turn.id": turnId };
      const from = performance.now();
      let turn: Span | null = null;
      let parent: Context = context.active();
      if (part === "decision") {
        turn = tracer.startSpan("turn", { attributes }, parent);
        parent = trace.setSpan(parent, turn);
        if (turn.isRecording()) remember(turnId, turn.spanContext());
      } else {
        const before = decided.get(turnId);
        if (before) parent = trace.setSpanContext(parent, before);
      }
      let current: { readonly phase: ObservedPhase; readonly span: Span; readonly from: number } | null = null;
      const leave = () => {
        if (!current) return;
        metrics.phaseSeconds.observe({ phase: current.phase }, secondsSince(current.from));
        current.span.end();
        current = null;
      };
      const enter = (phase: ObservedPhase) => {
        leave();
        const span = tracer.startSpan(`turn.${phase}`, { attributes: { ...attributes, "memepulse.turn.phase": phase } }, parent);
        current = { phase, span, from: performance.now() };
      };
      const tell = (what: (span: Span) => void) => {
        for (const span of [current?.span, turn]) if (span) what(span);
      };
      try {
        const end = await context.with(parent, () => run({ enter }));
        tell((span) => span.setAttribute("memepulse.turn.outcome", end.phase));
        if (end.phase === "settled") decided.delete(turnId);
        return end;
      } catch (error) {
        const code = codeOf(error);
        metrics.turnErrors.inc({ code });
        tell((span) => {
          span.setAttributes({ "memepulse.turn.outcome": "error", "memepulse.error.code": code });
          span.setStatus({ code: SpanStatusCode.ERROR, message: code });
        });
        throw error;
      } finally {
        leave();
        turn?.end();
        if (part === "decision") metrics.turnSeconds.observe(secondsSince(from));
      }
    },
  };
}
