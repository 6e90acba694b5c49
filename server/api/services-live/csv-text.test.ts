import { describe, expect, it } from "vitest";
import { csvText } from "./csv-text";

describe("csv text", () => {
  it.each([
    ['a "word", and\nmore', '"a ""word"", and\nmore"'],
    ["-12.50", "-12.50"],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1+1", "'+1+1"],
    ["-1+cmd", "'-1+cmd"],
    ["@SUM(1,2)", `"'@SUM(1,2)"`],
    [null, ""],
    [-3.5, "-3.5"],
  ])("writes %j", (value, expected) => {
    expect(csvText([[value, 1]])).toBe(`${expected},1`);
  });
});
