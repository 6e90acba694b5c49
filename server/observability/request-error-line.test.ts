import { expect, it } from "vitest";
import { createLogger } from "./logger";
import { requestErrorLine } from "./request-error-line";

it("has the ids that an error page shows, and nothing that was typed", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => void lines.push(line) });
  const error = Object.assign(new Error("no such column"), { digest: "1234567890" });
  const request = { path: "/agents?note=private", method: "GET", headers: { "x-request-id": "01234567", cookie: "session=private" } };
  log.error(requestErrorLine(error, request, { routePath: "/(app)/agents" }), "page failed");
  expect(JSON.parse(lines.join(""))).toMatchObject({
    msg: "page failed",
    requestId: "01234567",
    digest: "1234567890",
    path: "/agents",
    route: "/(app)/agents",
    err: { message: "no such column" },
  });
  expect(lines.join("")).not.toContain("private");
});
