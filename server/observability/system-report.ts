import type { Database } from "@/server/adapters/db/database";
import type { VenueState } from "@/server/adapters/market/exchange/venue-health";
import type { StandingHalts } from "@/server/agents";
import type { SystemPart } from "@/server/api/contract";
import type { Env } from "@/server/env";
import type { MarketFeed } from "@/server/market";
import type { Clocks } from "@/server/shared";

export type SystemReport = { readonly status: "up" | "degraded" | "down"; readonly parts: SystemPart[] };
type From = {
  readonly env: Env;
  readonly db: Database;
  readonly feed: MarketFeed;
  readonly clocks: Clocks;
  readonly engine: boolean;
  readonly startedAt: number;
  readonly halts?: StandingHalts;
  /** Venues that some workspace takes prices from, as this process's reads of them go. */
  readonly venues?: () => Promise<readonly VenueInUse[]>;
};
type VenueInUse = VenueState & { readonly id: string; readonly label: string };

/** Every part, which of its two forms it is on, and whether it works now. */
export async function systemReport(from: From): Promise<SystemReport> {
  const { env, startedAt: since } = from;
  const parts: SystemPart[] = [
    await database(from),
    {
      id: "durable-work",
      label: "Durable work",
      kind: from.engine ? "embedded" : "real",
      state: "up",
      detail: executor(env),
      since,
    },
    ...haltParts(from),
    await market(from),
    ...(await venueParts(from)),
    {
      id: "exchange",
      label: "Exchange",
      kind: "simulated",
      state: "up",
      detail: "Paper venue: fills at the next bar's open at the earliest, maker and taker fees, half-spread on market orders",
      since,
    },
    {
      id: "models",
      label: "Models",
      kind: "real",
      state: "up",
      detail: env.ANTHROPIC_BASE_URL
        ? "Claude with your own key, at the address in ANTHROPIC_BASE_URL; rules are built in"
        : "Claude with your own key; rules are built in",
      since,
    },
    {
      id: "vault",
      label: "Vault",
      kind: env.VAULT_KEY ? "real" : "embedded",
      state: "up",
      detail: env.VAULT_KEY ? "Master key from VAULT_KEY" : "Master key file in the data folder",
      since,
    },
  ];
  const down = parts.some((p) => p.state === "down" && !p.id.startsWith("venue-"));
  return { status: down ? "down" : parts.some((p) => p.state !== "up") ? "degraded" : "up", parts };
}

/** Who drives the durable functions: the environment alone decides. */
export function executor(env: Pick<Env, "realInngest" | "INNGEST_DEV" | "INNGEST_BASE_URL">): string {
  if (!env.realInngest) return "Embedded executor in this process";
  const dev = env.INNGEST_DEV && !["0", "false"].includes(env.INNGEST_DEV) ? env.INNGEST_DEV : null;
  if (dev) return `Inngest Dev Server${URL.canParse(dev) ? ` at ${new URL(dev).host}` : ""} (INNGEST_DEV): never for real money`;
  if (env.INNGEST_BASE_URL) return `Self-hosted Inngest server at ${new URL(env.INNGEST_BASE_URL).host} (INNGEST_BASE_URL)`;
  return "Inngest Cloud (INNGEST_SIGNING_KEY)";
}

/** Only while there is one: a halt that holds here and nowhere else. */
function haltParts({ halts, startedAt }: From): SystemPart[] {
  const waiting = halts?.waiting() ?? [];
  if (waiting.length === 0) return [];
  const detail = `${waiting.length} asked for and not stored yet: this process sends no order for them, and stores them as soon as it can`;
  return [{ id: "halts", label: "Halts", kind: "embedded", state: "degraded", detail, since: startedAt }];
}

async function database({ db, startedAt }: From): Promise<SystemPart> {
  const state = await db.raw.query("SELECT 1").then(
    () => "up" as const,
    () => "down" as const,
  );
  const embedded = db.kind === "pglite";
  const trouble = db.trouble();
  return {
    id: "database",
    label: "Database",
    kind: embedded ? "embedded" : "real",
    state: trouble ? "down" : state,
    detail: trouble?.message ?? (embedded ? "PGlite in the data folder; not safe against power loss" : "Postgres"),
    since: trouble?.since ?? startedAt,
  };
}

async function market({ feed, clocks, startedAt }: From): Promise<SystemPart> {
  const symbols = feed.symbols().map((s) => s.symbol);
  const price = symbols[0] ? await feed.price({ symbol: symbols[0], at: clocks.market.now() }).catch(() => null) : null;
  return {
    id: "market",
    label: "Market",
    kind: feed.source.kind === "exchange" ? "real" : "simulated",
    state: price ? "up" : "down",
    detail: `${feed.source.label}: ${symbols.join(", ")}`,
    since: startedAt,
  };
}

/** A venue that is down takes decisions on its own symbols with it and nothing else: never more than degraded for the whole. */
async function venueParts({ venues }: From): Promise<SystemPart[]> {
  const inUse = (await venues?.().catch(() => [])) ?? [];
  return inUse.map(({ id, label, state, since, problem }) => ({
    id: `venue-${id}`,
    label: `${label} public data`,
    kind: "real",
    state: state === "idle" ? "up" : state,
    detail:
      problem !== null
        ? `${problem}. No decision is made on it; agents on other prices go on`
        : state === "idle"
          ? since === null
            ? "Chosen on the Connections page; not read yet"
            : "Chosen on the Connections page; nobody has read it for ten minutes"
          : "Chosen on the Connections page",
    since,
  }));
}
