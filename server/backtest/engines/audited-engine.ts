import { allocateDraft, depositDraft, InMemoryLedger } from "@/server/ledger";
import { canonicalJson, hashId, type Json, RunningHash, toText } from "@/server/shared";
import { marketFeed } from "../backtest-market";
import { journalOf } from "../journal";
import { runSimulation } from "../run-simulation";
import type { AgentRun, RunFill, RunOptions } from "./run-types";

/** The turn of the live product, records, journal and ledger and all: slow, and what the others are measured against. */
export async function runAuditedEngine(options: RunOptions): Promise<AgentRun> {
  const { agent, capital, market, from } = options;
  const ledger = new InMemoryLedger();
  const treasury = hashId("backtest", "treasury");
  const money = { at: from, currency: agent.currency, amount: capital };
  ledger.postNow(agent.workspaceId, depositDraft({ key: "capital", nodeId: treasury, ...money }));
  ledger.postNow(agent.workspaceId, allocateDraft({ key: `allocate:${agent.id}`, fromNodeId: treasury, toNodeId: agent.nodeId, ...money }));
  const journal = new RunningHash();
  const { config } = agent;
  journal.line("memepulse agent run 1");
  journal.line(
    canonicalJson({ build: options.build, capital: toText(capital), decider: config.decider, symbols: config.symbols } as unknown as Json),
  );
  const entry = journalOf(journal);
  const fills: RunFill[] = [];
  const orderedAt = new Map<string, number>();
  const count = { skipped: 0, reduced: 0, denied: 0 };
  const result = await runSimulation({
    agent,
    feed: marketFeed(market),
    instrument: options.instrument,
    ledger,
    from,
    to: options.to,
    build: options.build,
    rules: options.rules,
    onProgress: options.onProgress,
    sink: (event) => {
      entry(event);
      if (event.type === "skipped") count.skipped += 1;
      else if (event.type === "order") orderedAt.set(event.order.id, event.order.createdAt);
      else if (event.type === "turn") {
        const { outcome } = event.turn.record.verdict;
        if (outcome === "deny") count.denied += 1;
        if (outcome === "reduce") count.reduced += 1;
      } else if (event.type === "fill") {
        const { symbol, side, quantity, price, fee, liquidity, at } = event.execution;
        fills.push({ symbol, side, quantity, price, fee, liquidity, at, orderedAt: orderedAt.get(event.orderId) ?? at });
      }
    },
  });
  return {
    fills,
    ticks: result.ticks,
    ...count,
    orders: orderedAt.size,
    cash: result.cash,
    held: result.held,
    equity: result.equity,
    quantities: Object.fromEntries(result.positions.map((p) => [p.symbol, p.quantity])),
    audit: journal.end(),
  };
}
