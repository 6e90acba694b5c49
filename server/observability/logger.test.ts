import { describe, expect, it } from "vitest";
import { createLogger } from "./logger";

const CANARY = "sk-ant-api03-canary0123456789";

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger("info", { write: (line) => void lines.push(line) }));
  return lines.join("");
}

describe("createLogger", () => {
  it("writes no secret, wherever it stands", () => {
    const text = logged((log) => {
      log.info({ key: CANARY }, "field");
      log.info({ request: { headers: { authorization: `Bearer ${CANARY}` } } }, "nested");
      log.info(`the key ${CANARY} in a sentence`);
      log.error({ err: new Error(`refused ${CANARY}`) }, "error");
      log.error(new Error(`bare ${CANARY}`));
      log.warn({ a: { b: { c: { d: [{ Authorization: CANARY }, { e: { f: { text: `deep ${CANARY}` } } }] } } } }, "deep");
      log.warn(
        { err: Object.assign(new Error("sdk"), { request: { headers: new Headers({ "X-Api-Key": CANARY }) }, cause: new Error(CANARY) }) },
        "sdk",
      );
      const circle: Record<string, unknown> = { text: CANARY };
      circle.self = circle;
      log.info(circle, "circle");
    });
    expect(text).not.toContain("canary");
    expect(text.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(9);
  });

  it("keeps what is no secret", () => {
    expect(logged((log) => log.info({ agentId: "a1" }, "settled"))).toContain('"agentId":"a1"');
  });
});
