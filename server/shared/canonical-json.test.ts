import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, type Json } from "./canonical-json";

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, shuffled(v)]),
  );
};

it("means the same value as JSON does, whatever the order of keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as Json;
      const text = canonicalJson(plain);
      expect(JSON.parse(text)).toEqual(plain);
      expect(canonicalJson(shuffled(plain) as Json)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

it.each([
  [{ b: 1, a: [true, null, "x"], c: undefined }, '{"a":[true,null,"x"],"b":1}'],
  [{ 'q"': "\\ \n é \u2028" }, `{"q\\"":${JSON.stringify("\\ \n é \u2028")}}`],
  ["", '""'],
  [["", ""], '["",""]'],
] as const)("writes %j exactly", (value, text) => {
  expect(canonicalJson(value as Json)).toBe(text);
});

it("refuses what JSON has no word for", () => {
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => canonicalJson({ x })).toThrow(TypeError);
});
