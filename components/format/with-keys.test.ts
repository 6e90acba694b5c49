import { expect, it } from "vitest";
import { withKeys } from "./with-keys";

it("gives every item a key of its own, also equal ones", () => {
  expect(withKeys(["a", "b", "a", "a"], (s) => s).map((k) => k.key)).toEqual(["a", "b", "a#2", "a#3"]);
});
