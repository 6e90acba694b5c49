import { expect, it } from "vitest";
import { functionWords, lengthOf } from "./run-words";

it("says what a function does, and its name where it is not known", () => {
  expect(functionWords("memepulse-run-decision")).toBe("Make a decision");
  expect(functionWords("memepulse-other-failure")).toBe("other, after it failed");
});

it("counts from the first call, and to now while it runs", () => {
  expect(lengthOf({ queuedAt: 0, startedAt: 10, endedAt: 25 }, 99)).toBe(15);
  expect(lengthOf({ queuedAt: 5, startedAt: null, endedAt: null }, 99)).toBe(94);
});
