import { describe, expect, it } from "vitest";
import { InvalidEnvironment, readEnv } from "./env";

const secret = "x".repeat(40);
const production = { NEXTAUTH_SECRET: secret, NEXTAUTH_URL: "https://app.example", VAULT_KEY: secret };

describe("readEnv", () => {
  it("is production by default and names what is missing there", () => {
    expect(() => readEnv({})).toThrow(/NEXTAUTH_SECRET/);
    expect(() => readEnv({ ...production, VAULT_KEY: undefined })).toThrow(/VAULT_KEY/);
    expect(readEnv(production).production).toBe(true);
  });

  it("needs nothing in demo mode and refuses a database there", () => {
    expect(readEnv({ MEMEPULSE_MODE: "demo" }).origin).toBe("http://127.0.0.1:3000");
    expect(() => readEnv({ MEMEPULSE_MODE: "demo", DATABASE_URL: "postgres://x" })).toThrow(/DATABASE_URL/);
  });

  it("names every bad variable at once", () => {
    const read = () => readEnv({ ...production, PORT: "99999", MEMEPULSE_MODE: "prod", NEXTAUTH_SECRET: "short" });
    expect(read).toThrow(InvalidEnvironment);
    expect(read).toThrow(/PORT/);
    expect(read).toThrow(/MEMEPULSE_MODE/);
    expect(read).toThrow(/NEXTAUTH_SECRET/);
  });

  it("treats a blank variable as not set", () => {
    expect(readEnv({ ...production, DATABASE_URL: "", PORT: "" }).PORT).toBe(3000);
  });
});
