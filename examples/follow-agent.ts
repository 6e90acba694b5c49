/**
 * Creates a paper agent, starts it, follows its decisions and stops it: all that a person does on screen, from a script.
 *
 *   npx tsx examples/follow-agent.ts --url http://127.0.0.1:3000 --key mp_…
 *
 * The key comes from the API keys page and needs the rights read and trade. Everything typed below comes from the server's router:
 * a procedure that changes makes this file fail to compile.
 */
import { parseArgs } from "node:util";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import superjson from "superjson";
import type { DecisionRow } from "../server/api/contract";
import type { AppRouter } from "../server/api/root";

const { values: args } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:3000" },
    key: { type: "string" },
    symbol: { type: "string", default: "BTC/USDT" },
    interval: { type: "string", default: "1m" },
    capital: { type: "string", default: "1000" },
    /** Stop after this many decisions, or after so many seconds, whichever comes first. */
    decisions: { type: "string", default: "3" },
    seconds: { type: "string", default: "300" },
  },
});
const INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
const POLL_MS = 1000;

const client = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({
      url: new URL("/api/trpc", args.url).href,
      transformer: superjson,
      headers: { authorization: `Bearer ${args.key ?? ""}` },
      fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(30_000) }),
    }),
  ],
});

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, POLL_MS));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

let interrupted = false;
process.once("SIGINT", () => {
  interrupted = true;
});

/** Waits until the agent has reached a status; a status it can only leave by hand ends the wait with its reason. */
async function reached(agentId: string, wanted: "running" | "stopped"): Promise<void> {
  for (let tries = 0; tries < 90; tries++) {
    const { status, statusReason } = await client.agents.get.query({ agentId });
    if (status === wanted) return say(`  ${status}`);
    if (status === "halted" || (wanted === "running" && status === "stopped"))
      throw new Error(`the agent is ${status}: ${statusReason ?? "no reason given"}`);
    await pause();
  }
  throw new Error(`the agent is still not ${wanted}`);
}

const line = (d: DecisionRow): string =>
  [new Date(d.at).toISOString(), d.phase, d.action ?? "–", d.symbol ?? "", d.outcome ?? "", d.summary ?? d.reason ?? ""].filter(Boolean).join("  ");

/** Prints each decision when it appears and again when its phase changes. */
async function follow(agentId: string): Promise<number> {
  const shown = new Map<string, string>();
  const [most, until] = [Number(args.decisions), Date.now() + Number(args.seconds) * 1000];
  while (!interrupted && Date.now() < until) {
    const { rows } = await client.decisions.list.query({ agentId, limit: 20 });
    for (const row of rows.toReversed()) {
      if (shown.get(row.turnId) === row.phase) continue;
      shown.set(row.turnId, row.phase);
      say(`  ${line(row)}`);
    }
    if (shown.size >= most) break;
    await pause();
  }
  return shown.size;
}

async function main(): Promise<void> {
  if (!args.key) throw new Error("--key is missing: make one on the API keys page, with the rights read and trade");
  const interval = INTERVALS.find((i) => i === args.interval);
  if (!interval) throw new Error(`--interval must be one of ${INTERVALS.join(", ")}`);
  const me = await client.me.get.query();
  say(`Workspace ${me.workspace.name} (${me.mode}), rights: ${me.scopes.join(", ")}`);

  const { agentId } = await client.agents.create.mutate({
    name: `Script ${new Date().toISOString().slice(0, 19)}`,
    symbols: [args.symbol],
    mode: "paper",
    trigger: { kind: "interval", interval },
    barInterval: interval,
    decider: { kind: "rules", ruleSet: "trend-follow" },
    limits: { maxOrderNotional: "250", maxPositionNotional: "500", maxDailyLoss: "100", maxOrdersPerHour: 20 },
    capital: args.capital,
  });
  say(`Created ${agentId}`);
  try {
    await client.agents.start.mutate({ agentId });
    await reached(agentId, "running");
    // The first decision need not wait for the next bar. The key makes a repeated call the same decision.
    await client.agents.decideNow.mutate({ agentId, key: `example-${agentId}` });
    say("Decisions:");
    say(`Followed ${await follow(agentId)}.`);
  } finally {
    say("Stopping");
    await client.agents.stop.mutate({ agentId });
    await reached(agentId, "stopped");
  }
}

main().catch((error: unknown) => {
  if (error instanceof TRPCClientError) {
    const product = (error as TRPCClientError<AppRouter>).data?.product;
    process.stderr.write(`${product ? `${product.code}${product.field ? ` (${product.field})` : ""}: ` : ""}${error.message}\n`);
  } else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
