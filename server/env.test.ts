import path from "node:path";
import { describe, expect, it } from "vitest";
import { InvalidEnvironment, readEnv } from "./env";

const SECRET = "s".repeat(32);
const PRODUCTION = { NEXTAUTH_SECRET: SECRET, NEXTAUTH_URL: "https://memepulse.example", VAULT_KEY: "k".repeat(44) };
const refusal = (source: Record<string, string>): string => {
  try {
    readEnv(source);
    return "accepted";
  } catch (e) {
    if (e instanceof InvalidEnvironment) return e.message;
    throw e;
  }
};

describe("the environment", () => {
  it("is production unless it says otherwise, whatever NODE_ENV says", () => {
    expect(readEnv({ ...PRODUCTION, NODE_ENV: "development" })).toMatchObject({ MEMEPULSE_MODE: "production", production: true, demo: false });
  });

  it.each(Object.keys(PRODUCTION))("in production names %s when it is missing or blank", (name) => {
    const { [name as keyof typeof PRODUCTION]: _left, ...rest } = PRODUCTION;
    expect(refusal(rest)).toContain(name);
    expect(refusal({ ...rest, [name]: "" })).toContain(name);
  });

  it("needs none of them in the demo and in development, nor while it is built", () => {
    for (const MEMEPULSE_MODE of ["demo", "development"]) expect(readEnv({ MEMEPULSE_MODE })).toMatchObject({ production: false });
    expect(readEnv({ NEXT_PHASE: "phase-production-build" })).toMatchObject({ building: true });
  });

  it.each([
    ["MEMEPULSE_MODE", "prod"],
    ["PORT", "70000"],
    ["PORT", "http"],
    ["DATABASE_URL", "mysql://localhost/db"],
    ["NEXTAUTH_URL", "memepulse.example"],
    ["NEXTAUTH_URL", "javascript:alert(1)"],
    ["NEXTAUTH_URL", "https://memepulse.example/api/auth"],
    ["NEXTAUTH_SECRET", "short"],
    ["ANTHROPIC_BASE_URL", "nowhere"],
    ["MARKET_SPEED", "0"],
    ["MARKET_SEED", "1.5"],
    ["LOG_LEVEL", "loud"],
    ["RATE_LIMIT_MUTATIONS", "-1"],
  ])("names %s when it is %s", (name, value) => {
    expect(refusal({ ...PRODUCTION, [name]: value })).toContain(name);
  });

  it.each([
    "https://rpc.example",
    "1:https://rpc.example",
    "0=https://rpc.example",
    "01=https://rpc.example",
    "2147483648=https://rpc.example",
    "mainnet=https://rpc.example",
    "1=https://rpc.example,1=https://other.example",
    "1=rpc.example",
    "1=http://rpc.example",
    "1=file:///etc/passwd",
    "1=ws://127.0.0.1:8545",
    "1=http://127.0.0.1.rpc.example",
  ])("names EVM_RPC_URLS when it is %s, without the address", (value) => {
    const message = refusal({ ...PRODUCTION, EVM_RPC_URLS: value });
    expect(message).toContain("EVM_RPC_URLS");
    expect(message).not.toContain(value.split("=").at(-1));
  });

  it("reads the chains that may be asked; none when nothing is said", () => {
    expect(readEnv({ ...PRODUCTION }).EVM_RPC_URLS.size).toBe(0);
    const EVM_RPC_URLS = "1=https://rpc.example/v2/key?a=b, 31337=http://127.0.0.1:8545,";
    expect([...readEnv({ ...PRODUCTION, EVM_RPC_URLS }).EVM_RPC_URLS]).toEqual([
      [1, "https://rpc.example/v2/key?a=b"],
      [31337, "http://127.0.0.1:8545"],
    ]);
  });

  it("never repeats a value in its refusal: it could be a secret", () => {
    expect(refusal({ ...PRODUCTION, NEXTAUTH_SECRET: "hunter2", DATABASE_URL: "mysql://root:hunter2@db" })).not.toContain("hunter2");
  });

  it("names every bad variable at once", () => {
    const message = refusal({ ...PRODUCTION, PORT: "0", LOG_LEVEL: "loud" });
    expect(message).toContain("PORT");
    expect(message).toContain("LOG_LEVEL");
  });

  it("keeps a demo away from other people's databases", () => {
    expect(refusal({ MEMEPULSE_MODE: "demo", DATABASE_URL: "postgres://localhost/real" })).toContain("DATABASE_URL");
    expect(readEnv({ MEMEPULSE_MODE: "development", DATABASE_URL: "postgres://localhost/mine" }).DATABASE_URL).toBe("postgres://localhost/mine");
  });

  it("lets nobody turn the rate limits off in production", () => {
    for (const name of ["RATE_LIMIT_MUTATIONS", "RATE_LIMIT_SIGN_IN"]) {
      expect(refusal({ ...PRODUCTION, [name]: "0" })).toContain(name);
      expect(readEnv({ MEMEPULSE_MODE: "demo", [name]: "0" })).toMatchObject({ [name]: 0 });
    }
  });

  it("knows where it is reached: what it was told, without a slash at the end, or its own port", () => {
    expect(readEnv({ ...PRODUCTION, NEXTAUTH_URL: "https://memepulse.example/" }).origin).toBe("https://memepulse.example");
    expect(readEnv({ MEMEPULSE_MODE: "demo", PORT: "4123" }).origin).toBe("http://127.0.0.1:4123");
  });

  it("gives the data folder in full, and takes blank variables for absent ones", () => {
    expect(readEnv({ MEMEPULSE_MODE: "demo", DATA_DIR: "", DATABASE_URL: "" })).toMatchObject({
      dataDir: path.resolve(".data"),
      DATABASE_URL: undefined,
    });
  });

  it("drives durable work itself until an Inngest server is named", () => {
    expect(readEnv({ MEMEPULSE_MODE: "demo" }).realInngest).toBe(false);
    for (const name of ["INNGEST_SIGNING_KEY", "INNGEST_DEV"]) expect(readEnv({ ...PRODUCTION, [name]: "1" }).realInngest).toBe(true);
  });
});
