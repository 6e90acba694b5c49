import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TradingState } from "../types";
import { BREAKERS, type BreakerSetting, DEFAULT_BREAKERS, MITIGATION_STEPS, type MitigationStep } from "./breakers";
import { evaluateBreakers } from "./evaluate-breakers";
import { replayBreakers } from "./replay-breakers";
import { ARMED, type BreakerAnswer, type BreakerInputs, type BreakerState } from "./types";

const H = 3_600_000;
const SETTING: BreakerSetting = { enabled: true, threshold: "0.1", windowMs: 24 * H, coolDownMs: H, upTo: "flatten" };

function check(over: {
  value?: string | null;
  at?: number;
  tradingState?: TradingState;
  holds?: boolean;
  setting?: Partial<BreakerSetting>;
  state?: BreakerState;
}): BreakerAnswer {
  const inputs: BreakerInputs = {
    version: 1,
    at: over.at ?? 100 * H,
    subject: { kind: "agent", id: "a" },
    tradingState: over.tradingState ?? "active",
    holds: over.holds ?? true,
    readings: [
      {
        kind: "drawdown",
        setting: { ...SETTING, ...over.setting },
        figure: { value: over.value === undefined ? "0.1" : over.value, note: "nothing is known", symbol: null },
        state: over.state ?? ARMED,
      },
    ],
  };
  const [answer] = evaluateBreakers(inputs);
  if (!answer) throw new Error("one reading has one answer");
  return answer;
}
const rank = (step: MitigationStep | null) => (step === null ? -1 : MITIGATION_STEPS.indexOf(step));

describe("a breach begins at the step its size calls for", () => {
  it.each([
    ["0.099999999999999999", []],
    ["0.1", ["reduce"]],
    ["0.149999999999999999", ["reduce"]],
    ["0.15", ["reduce", "halt"]],
    ["0.2", ["reduce", "halt", "flatten"]],
    ["0.9", ["reduce", "halt", "flatten"]],
  ])("at %s of a threshold of 0.1: %j", (value, steps) => {
    expect(check({ value }).steps).toEqual(steps);
  });

  it.each([
    ["alert", []],
    ["reduce", ["reduce"]],
    ["halt", ["reduce", "halt"]],
  ] as const)("and goes no further than it may: up to %s", (upTo, steps) => {
    const answer = check({ value: "0.9", setting: { upTo } });
    expect(answer.steps).toEqual(steps);
    expect(answer.status).toBe("breached");
  });
});

describe("a breach that lasts", () => {
  const reduced: BreakerState = { step: "reduce", actedAt: 100 * H, resetAt: null };

  it("does nothing twice", () => {
    expect(check({ state: reduced, tradingState: "reducing", at: 101 * H - 1 })).toMatchObject({ steps: [], next: reduced, waitsUntil: 101 * H });
  });

  it("goes one step further when its cool-down has passed", () => {
    const answer = check({ state: reduced, tradingState: "reducing", at: 101 * H });
    expect(answer).toMatchObject({ steps: ["halt"], next: { step: "halt", actedAt: 101 * H } });
  });

  it("goes further at once when it becomes that much worse", () => {
    expect(check({ state: reduced, tradingState: "reducing", at: 100 * H + 1, value: "0.2" }).steps).toEqual(["halt", "flatten"]);
  });

  it("stays at its last step", () => {
    expect(check({ state: reduced, tradingState: "reducing", at: 900 * H, setting: { upTo: "reduce" } })).toMatchObject({
      steps: [],
      waitsUntil: null,
    });
  });
});

describe("a person lets trading go on", () => {
  const halted: BreakerState = { step: "halt", actedAt: 90 * H, resetAt: null };

  it("resets the breaker, which only tells until its cool-down has passed", () => {
    const answer = check({ state: halted, tradingState: "active", value: "0.9" });
    expect(answer).toMatchObject({ status: "cooling", steps: [], next: { step: null, actedAt: null, resetAt: 100 * H }, waitsUntil: 101 * H });
    expect(check({ state: answer.next, at: 101 * H - 1, value: "0.9" }).steps).toEqual([]);
    expect(check({ state: answer.next, at: 101 * H, value: "0.1" }).steps).toEqual(["reduce"]);
  });

  it("and what they have stopped themselves is left as it is", () => {
    expect(check({ tradingState: "halted", holds: false, value: "0.9" })).toMatchObject({ status: "breached", steps: [], next: ARMED });
    expect(check({ tradingState: "halted", holds: true, value: "0.9" }).steps).toEqual(["flatten"]);
  });
});

it("says what it does not know instead of passing it", () => {
  expect(check({ value: null })).toMatchObject({ status: "unknown", ratio: null, steps: [], reason: "nothing is known" });
  expect(check({ setting: { enabled: false } })).toMatchObject({ status: "off", steps: [] });
});

const states: fc.Arbitrary<BreakerState> = fc.record({
  step: fc.constantFrom(null, "reduce" as const, "halt" as const, "flatten" as const),
  actedAt: fc.integer({ min: 0, max: 200 * H }),
  resetAt: fc.option(fc.integer({ min: 0, max: 200 * H })),
});
const inputs: fc.Arbitrary<BreakerInputs> = fc.record({
  version: fc.constant(1 as const),
  at: fc.integer({ min: 0, max: 200 * H }),
  subject: fc.constant({ kind: "agent" as const, id: "a" }),
  tradingState: fc.constantFrom<TradingState>("active", "reducing", "halted"),
  holds: fc.boolean(),
  readings: fc.array(
    fc.record({
      kind: fc.constantFrom(...BREAKERS),
      setting: fc.record({
        enabled: fc.boolean(),
        threshold: fc.integer({ min: 1, max: 999 }).map((n) => `0.${String(n).padStart(3, "0")}`),
        windowMs: fc.constant(H),
        coolDownMs: fc.integer({ min: 0, max: 10 * H }),
        upTo: fc.constantFrom(...MITIGATION_STEPS),
      }),
      figure: fc.record({
        value: fc.option(fc.integer({ min: 0, max: 3_000 }).map((n) => (n / 1000).toFixed(3))),
        note: fc.constant("no data"),
        symbol: fc.constant(null),
      }),
      state: states.map((s) => (s.step === null ? { ...s, actedAt: null } : s)),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

const after = (i: BreakerInputs, answer: BreakerAnswer): TradingState => {
  const last = answer.steps.at(-1);
  return last === undefined ? i.tradingState : last === "reduce" ? "reducing" : "halted";
};

function holdsFor(evaluate: typeof evaluateBreakers): void {
  const order: TradingState[] = ["active", "reducing", "halted"];
  fc.assert(
    fc.property(inputs, (i) => {
      evaluate(i).forEach((answer, at) => {
        const reading = i.readings[at];
        if (!reading) throw new Error("one answer a reading");
        const ranks = answer.steps.map(rank);
        expect(ranks).toEqual([...ranks].sort());
        expect(Math.max(0, ...ranks)).toBeLessThanOrEqual(Math.max(0, rank(reading.setting.upTo)));
        expect(order.indexOf(after(i, answer))).toBeGreaterThanOrEqual(order.indexOf(i.tradingState));
        if (answer.status !== "breached") expect(answer.steps).toEqual([]);
        // What is done is not done again by the next check of the same instant, nor by another process's.
        const then = { ...i, tradingState: after(i, answer), readings: [{ ...reading, state: answer.next }] };
        expect(evaluate(then)[0]?.steps).toEqual(reading.setting.coolDownMs === 0 ? expect.anything() : []);
      });
      expect(replayBreakers(i, evaluate(i)).identical).toBe(true);
    }),
    { numRuns: 500 },
  );
}

describe("for any figures, settings and states", () => {
  it("steps come in order, within the setting, only while breached, once, and nothing is ever let loose; and it replays", () => {
    holdsFor(evaluateBreakers);
  });

  it.each<[string, typeof evaluateBreakers]>([
    ["forgets what it did", (i) => evaluateBreakers(i).map((a, at) => ({ ...a, next: i.readings[at]?.state ?? ARMED }))],
    [
      "goes beyond its setting",
      (i) => evaluateBreakers({ ...i, readings: i.readings.map((r) => ({ ...r, setting: { ...r.setting, upTo: "flatten" as const } })) }),
    ],
    ["acts without a breach", (i) => evaluateBreakers(i).map((a) => ({ ...a, steps: ["reduce" as const] }))],
    ["turns the order around", (i) => evaluateBreakers(i).map((a) => ({ ...a, steps: [...a.steps].reverse() }))],
    [
      "knows today's defaults only",
      (i) => evaluateBreakers({ ...i, readings: i.readings.map((r) => ({ ...r, setting: DEFAULT_BREAKERS[r.kind] })) }),
    ],
  ])("control: one that %s is caught", (_, broken) => {
    expect(() => holdsFor(broken)).toThrow();
  });

  it("a replay with changed code names the difference", () => {
    const i: BreakerInputs = {
      ...{ version: 1, at: H, subject: { kind: "agent", id: "a" }, tradingState: "active", holds: true },
      readings: [{ kind: "volatility", setting: SETTING, figure: { value: "0.12", note: null, symbol: "BTC/USDT" }, state: ARMED }],
    };
    const recorded = evaluateBreakers(i);
    expect(recorded[0]?.reason).toBe("BTC/USDT: the realised volatility of a day is 12.00 %, the threshold is 10.00 %");
    const changed = replayBreakers(i, recorded, (x) => evaluateBreakers(x).map((a) => ({ ...a, steps: ["halt"] })));
    expect(changed.identical).toBe(false);
    expect(replayBreakers(JSON.parse(JSON.stringify(i)) as BreakerInputs, JSON.parse(JSON.stringify(recorded)) as BreakerAnswer[]).identical).toBe(
      true,
    );
  });
});
