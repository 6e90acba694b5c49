import { describe, expect, it } from "vitest";
import { canonicalLocation } from "./canonical-location";

const demo = { origin: "http://127.0.0.1:3000", production: false };

describe("canonicalLocation", () => {
  it.each(["localhost:3000", "[::1]:3000"])("leads from %s to the printed origin, path and query kept", (host) => {
    expect(canonicalLocation(demo, host, `http://${host}/agents?tab=all`)).toBe("http://127.0.0.1:3000/agents?tab=all");
  });

  it("leaves the printed origin, other hosts and other ports alone", () => {
    for (const host of ["127.0.0.1:3000", "evil.example", "localhost:4000", "localhost", null])
      expect(canonicalLocation(demo, host, "/agents")).toBeNull();
  });

  it("never leads away from the origin, whatever the path looks like", () => {
    expect(canonicalLocation(demo, "localhost:3000", "http://localhost:3000//evil.example/x")).toBe("http://127.0.0.1:3000//evil.example/x");
  });

  it("does nothing in production", () => {
    expect(canonicalLocation({ origin: "http://127.0.0.1:3000", production: true }, "localhost:3000", "/")).toBeNull();
  });
});
