/**
 * Creates an agent, starts it, prints its decisions as they come, and stops it.
 *   npx tsx examples/follow-agent.ts --url http://127.0.0.1:3000 --key mp_… [--decisions 3]
 * The key needs the rights "read" and "trade". Every call is typed by the server's own router; no server code is loaded.
 */
import { parseArgs } from "node:util";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import type { ApiErrorData, DecisionRow } from "../server/api/contract";
import type { AppRouter } from "../server/api/root";

const POLL_MS = 2000;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3000" },
    key: { type: "string" },
    decisions: { type: "string", default: "3" },
    "poll-ms": { type: "string", default: String(POLL_MS) },
  },
});
const wanted = Number(values.decisions);
const pollMs = Number(values["poll-ms"]);
if (!values.key || !Number.isInteger(wanted) || wanted < 1 || !(pollMs > 0)) {
  console.error("usage: npx tsx examples/follow-agent.ts --url http://127.0.0.1:3000 --key mp_… [--decisions 3]");
  process.exit(2);
}

const api = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({ url: new URL("/api/trpc", values.url), transformer: superjson, headers: { authorization: `Bearer ${values.key}` }, maxItems: 1 }),
  ],
});

const say = (d: DecisionRow): string =>
  [new Date(d.at).toISOString(), d.phase.padEnd(9), d.action ?? "-", d.symbol ?? "", d.outcome ?? "", d.summary ?? d.reason ?? ""]
    .join("  ")
    .trimEnd();

try {
  const [symbol] = await api.market.symbols.query();
  if (!symbol) throw new Error("this market has no symbols");
  const { agentId } = await api.agents.create.mutate({
    name: "Example",
    symbols: [symbol.symbol],
    mode: "paper",
    trigger: { kind: "interval", interval: "1m" },
    barInterval: "1m",
    decider: { kind: "rules", ruleSet: "trend-follow", params: {} },
    limits: { maxOrderNotional: "200", maxPositionNotional: "500", maxDailyLoss: "50", maxOrdersPerHour: 20 },
    capital: "1000",
  });
  console.log(`created ${agentId}, trading ${symbol.symbol} on paper`);
  try {
    console.log(`start: ${(await api.agents.start.mutate({ agentId })).status}`);
    const shown = new Set<string>();
    while (shown.size < wanted) {
      const { rows } = await api.decisions.list.query({ agentId, limit: 100 });
      for (const decision of rows.toReversed()) {
        if (decision.action === null || shown.has(decision.turnId) || shown.size >= wanted) continue;
        shown.add(decision.turnId);
        console.log(say(decision));
      }
      if (shown.size < wanted) await new Promise((done) => setTimeout(done, pollMs));
    }
  } finally {
    console.log(`stop: ${(await api.agents.stop.mutate({ agentId })).status}`);
  }
} catch (error) {
  const product = error instanceof TRPCClientError ? (error.data as { product?: ApiErrorData } | null)?.product : undefined;
  console.error(product ? `${product.code}${product.field ? ` (${product.field})` : ""}: ${(error as Error).message}` : String(error));
  process.exitCode = 1;
}
