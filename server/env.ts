import path from "node:path";
import { z } from "zod";
import { parseEvmRpcUrls } from "./evm-rpc-urls";
import { parseEvmTokens } from "./evm-tokens";

/** The only reader of process.env in the product. A bad value stops the start with a sentence that names the variable. */
export class InvalidEnvironment extends Error {
  override readonly name = "InvalidEnvironment";
}

const blankIsMissing = (v: unknown) => (v === "" ? undefined : v);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsMissing, schema.optional());
const withDefault = <T extends z.ZodType>(schema: T, value: z.input<T>) => z.preprocess((v) => blankIsMissing(v) ?? value, schema);

/** What browsers send as Origin and wallets show: nothing behind host and port. */
function isOrigin(text: string): boolean {
  const bare = text.replace(/\/+$/, "");
  return /^https?:/.test(bare) && URL.canParse(bare) && new URL(bare).origin === bare;
}

/** Where a venue's public data is, instead of its own address: a mirror, a proxy, a test server. */
const httpOrigin = z.string().regex(/^https?:\/\/[^/?#\s]+$/, "must be an address like https://data-api.binance.vision, without a path");
const wsOrigin = z.string().regex(/^wss?:\/\/[^/?#\s]+$/, "must be an address like wss://data-stream.binance.vision, without a path");

/** Text that a parser takes, or says in a sentence why not. */
const parsedBy = <T extends object>(parse: (text: string) => T | string) =>
  z.string().transform((text, context): T => {
    const parsed = parse(text);
    if (typeof parsed !== "string") return parsed;
    context.addIssue({ code: "custom", message: parsed });
    return z.NEVER;
  });

const schema = z.object({
  MEMEPULSE_MODE: withDefault(z.enum(["demo", "development", "production"]), "production"),
  PORT: withDefault(z.coerce.number().int().min(1).max(65_535), "3000"),
  DATA_DIR: withDefault(z.string(), ".data"),
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")),
  NEXTAUTH_URL: optional(z.string().refine(isOrigin, "must be an address like https://memepulse.example, without a path")),
  NEXTAUTH_SECRET: optional(z.string().min(32, "must have at least 32 characters")),
  VAULT_KEY: optional(z.string().min(32)),
  ANTHROPIC_BASE_URL: optional(z.url()),
  /** Chains that are asked about signatures of contract wallets, and for balances of the connected wallet. Sign-in of ordinary wallets needs none. */
  EVM_RPC_URLS: withDefault(parsedBy(parseEvmRpcUrls), ""),
  /** Tokens that are looked for in the connected wallet, beside the large stablecoins. */
  EVM_TOKENS: withDefault(parsedBy(parseEvmTokens), ""),
  INNGEST_EVENT_KEY: optional(z.string()),
  INNGEST_SIGNING_KEY: optional(z.string()),
  INNGEST_BASE_URL: optional(z.url()),
  INNGEST_DEV: optional(z.string()),
  MARKET_CANDLES_DIR: optional(z.string()),
  MARKET_SPEED: withDefault(z.coerce.number().min(1).max(3600), "60"),
  MARKET_SEED: withDefault(z.coerce.number().int(), "20261121"),
  /** No decision on public prices older than this. */
  MARKET_STALE_AFTER_S: withDefault(z.coerce.number().int().min(60).max(3600), "180"),
  MARKET_BINANCE_URL: optional(httpOrigin),
  MARKET_BINANCE_WS_URL: optional(wsOrigin),
  MARKET_COINBASE_URL: optional(httpOrigin),
  MARKET_COINBASE_WS_URL: optional(wsOrigin),
  MARKET_KRAKEN_URL: optional(httpOrigin),
  MARKET_KRAKEN_WS_URL: optional(wsOrigin),
  LOG_LEVEL: withDefault(z.enum(["trace", "debug", "info", "warn", "error", "silent"]), "info"),
  /** Requests a minute an actor may change things with; 0 turns the limiter off (tests only, refused in production). */
  RATE_LIMIT_MUTATIONS: withDefault(z.coerce.number().int().min(0), "240"),
  RATE_LIMIT_SIGN_IN: withDefault(z.coerce.number().int().min(0), "30"),
  /** When an event stream says goodbye, to be opened anew: before the platform ends the response (300 s on Vercel). */
  EVENT_STREAM_MAX_S: withDefault(z.coerce.number().int().min(2).max(86_400), "240"),
  /** Days that events are kept; a browser that was away for longer loads its pages anew. */
  EVENT_KEEP_DAYS: withDefault(z.coerce.number().int().min(1).max(3650), "7"),
  /** Who reads /api/metrics sends it as a bearer token; without it metrics are off in production. */
  METRICS_TOKEN: optional(z.string().min(16, "must have at least 16 characters")),
  BUILD_ID: withDefault(z.string(), "dev"),
  NEXT_PHASE: optional(z.string()),
});

export type Env = Readonly<z.infer<typeof schema>> & {
  readonly demo: boolean;
  readonly production: boolean;
  /** Absolute folder of the embedded database, the key file and the demo's secrets. */
  readonly dataDir: string;
  /** Where the product is reached: NEXTAUTH_URL, else the loopback address. No trailing slash. */
  readonly origin: string;
  /** True when the durable functions are driven by an Inngest server instead of the embedded executor. */
  readonly realInngest: boolean;
  readonly building: boolean;
};

/** Parses an environment. Throws InvalidEnvironment naming every bad variable. */
export function readEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const parsed = schema.safeParse(source);
  if (!parsed.success) throw new InvalidEnvironment(parsed.error.issues.map((i) => `${i.path.join(".")} ${i.message}`).join("; "));
  const e = parsed.data;
  const demo = e.MEMEPULSE_MODE === "demo";
  const production = e.MEMEPULSE_MODE === "production";
  const building = e.NEXT_PHASE === "phase-production-build";
  const refuse = (message: string) => {
    throw new InvalidEnvironment(message);
  };
  if (demo && e.DATABASE_URL) refuse("DATABASE_URL must not be set in demo mode: the demo keeps its own embedded database");
  if (production && !building) {
    if (!e.NEXTAUTH_SECRET) refuse("NEXTAUTH_SECRET is required in production: at least 32 characters (openssl rand -base64 32)");
    if (!e.NEXTAUTH_URL) refuse("NEXTAUTH_URL is required in production: the address people reach the product at");
    if (!e.VAULT_KEY) refuse("VAULT_KEY is required in production: 32 bytes in base64 (openssl rand -base64 32)");
    if (e.RATE_LIMIT_MUTATIONS === 0 || e.RATE_LIMIT_SIGN_IN === 0) refuse("RATE_LIMIT_MUTATIONS and RATE_LIMIT_SIGN_IN cannot be 0 in production");
  }
  return {
    ...e,
    demo,
    production,
    building,
    dataDir: path.resolve(/*turbopackIgnore: true*/ e.DATA_DIR),
    origin: (e.NEXTAUTH_URL ?? `http://127.0.0.1:${e.PORT}`).replace(/\/+$/, ""),
    realInngest: Boolean(e.INNGEST_SIGNING_KEY || e.INNGEST_DEV || e.INNGEST_BASE_URL),
  };
}

let cached: Env | undefined;

/** This process's environment, parsed at first use. */
export function env(): Env {
  cached ??= readEnv(process.env);
  return cached;
}
