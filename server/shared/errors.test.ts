import { describe, expect, it, vi } from "vitest";
import { DomainError } from "./errors";

describe("DomainError", () => {
  it("is known across copies of the module, as bundles have them", async () => {
    vi.resetModules();
    const other = await import("./errors");
    expect(other.DomainError).not.toBe(DomainError);
    expect(new other.DomainError("NOT_FOUND", "gone", { kind: "not_found" }) instanceof DomainError).toBe(true);
  });

  it("does not make every error one of a subclass", () => {
    class Special extends DomainError {}
    expect(new DomainError("A", "a") instanceof Special).toBe(false);
    expect(new Special("A", "a") instanceof Special).toBe(true);
    expect(new Special("A", "a") instanceof DomainError).toBe(true);
  });

  it("is not any other error, nor something that only looks like one", () => {
    expect(new Error("x") instanceof DomainError).toBe(false);
    expect(Object.assign(new Error("x"), { code: "E", details: {} }) instanceof DomainError).toBe(false);
    expect({ name: "DomainError", code: "E", details: {} } instanceof DomainError).toBe(false);
  });
});
