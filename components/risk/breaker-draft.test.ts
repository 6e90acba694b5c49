import { expect, it } from "vitest";
import { fromSetting, toSetting } from "./breaker-draft";

const setting = { enabled: true, threshold: "0.2", windowMs: 86_400_000, coolDownMs: 3_600_000, upTo: "halt" as const };

it("shows shares as percent and times as minutes, and stores what it showed", () => {
  const draft = fromSetting(setting, "share");
  expect(draft).toEqual({ enabled: true, threshold: "20", window: "1440", coolDown: "60", upTo: "halt" });
  expect(toSetting(draft, "share")).toEqual(setting);
  expect(toSetting({ ...draft, threshold: "0,5" }, "share").threshold).toBe("0.005");
});

it("leaves bars as they are, and passes on what is no number", () => {
  const bars = { ...setting, threshold: "5" };
  expect(toSetting(fromSetting(bars, "bars"), "bars")).toEqual(bars);
  expect(toSetting({ ...fromSetting(setting, "share"), threshold: "soon", window: "x" }, "share")).toMatchObject({
    threshold: "soon",
    windowMs: Number.NaN,
  });
});
