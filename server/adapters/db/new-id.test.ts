import { expect, it } from "vitest";
import { isUuid } from "@/server/shared";
import { newId } from "./new-id";

it("gives ids that sort in the order they were made, also within a millisecond", () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every(isUuid)).toBe(true);
});
