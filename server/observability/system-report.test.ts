import { expect, it } from "vitest";
import { readEnv } from "@/server/env";
import { executor } from "./system-report";

it("names who drives the durable functions, by the environment alone", () => {
  const of = (variables: Record<string, string>) => executor(readEnv({ MEMEPULSE_MODE: "development", ...variables }));
  expect(of({})).toBe("Embedded executor in this process");
  expect(of({ INNGEST_DEV: "1" })).toMatch(/^Inngest Dev Server \(/);
  expect(of({ INNGEST_DEV: "http://127.0.0.1:8288" })).toContain("Dev Server at 127.0.0.1:8288");
  expect(of({ INNGEST_BASE_URL: "https://inngest.example:8288", INNGEST_SIGNING_KEY: "signkey-prod-aa" })).toContain(
    "Self-hosted Inngest server at inngest.example:8288",
  );
  expect(of({ INNGEST_SIGNING_KEY: "signkey-prod-aa", INNGEST_EVENT_KEY: "k" })).toContain("Inngest Cloud");
});
