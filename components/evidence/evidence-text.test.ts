import { describe, expect, it } from "vitest";
import type { EvidenceView } from "@/server/api/contract";
import { EVIDENCE_WORDS } from "@/server/evidence";
import { days, headline, lengthText, marksOf, sampleText, sure, trialsText } from "./evidence-text";

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 10, 1);
const view = (change: Partial<EvidenceView> = {}): EvidenceView => ({
  agentId: "a",
  agentName: "Luna",
  configVersion: 3,
  versions: [3],
  masked: false,
  market: { kind: "simulated", label: "Simulated market" },
  sample: { from: FROM, because: "config", to: FROM + 50 * DAY, days: 50, period: "1h", periodsLeft: 0 },
  trainingCutoff: null,
  trades: 40,
  trials: 64,
  trialSources: [
    { source: "own-versions", count: 3 },
    { source: "other-agents", count: 0 },
    { source: "backtests", count: 1 },
    { source: "sweeps", count: 60 },
  ],
  words: "too early to say",
  score: {
    periods: 1200,
    effectivePeriods: 1200,
    yearlySharpe: 1.11,
    excessReturn: 0.02,
    skew: 0,
    kurtosis: 3,
    probabilistic: 0.9,
    deflated: 0.65,
    anyTime: 0.31,
    luckYearlySharpe: 0.67,
    varianceFrom: "default",
    daysNeeded: 400.4,
  },
  refusal: null,
  exposure: [],
  curve: null,
  band: null,
  gate: { enabled: true, passed: false, conditions: [{ id: "deflated-sharpe", met: false, has: 0.65, needs: 0.95, why: null }] },
  allowed: null,
  requests: [],
  ...change,
});

describe("evidence in words", () => {
  it("names the trials, what luck would show, what this shows and what is asked", () => {
    expect(headline(view())).toBe(
      "This is one of 64 tried configurations. With no skill at all, the best of 64 would still show a Sharpe ratio of about 0.67 a year. This one shows 1.11. So it is more than luck with a probability of 65.0 %, and of 31.0 % when every look at it counts; going live asks for 95 % of the latter.",
    );
    expect(trialsText(view())).toBe("3 versions of this agent, 1 backtest, 60 points of sweeps");
    expect(lengthText(view())).toBe("of 400 days that this ratio would need");
  });
  it("gives no figure where there is none, and says what is missing", () => {
    const refusal = { code: "TOO_FEW_RETURNS", message: "12 of at least 60 periods: too few to say anything" };
    const none = view({ score: null, refusal, sample: null });
    expect(headline(none)).toBe("Not enough data: 12 of at least 60 periods: too few to say anything.");
    expect(lengthText(none)).toBe("not known yet");
    expect(sampleText(none)).toBe("No decision with this configuration yet.");
  });
  it("says why the record begins where it does", () => {
    const sample = view().sample as NonNullable<EvidenceView["sample"]>;
    expect(sampleText(view())).toBe("1 Nov 2026 to 21 Dec 2026, market time: all that version 3 decided since it was made.");
    expect(sampleText(view({ versions: [2, 3] }))).toContain("versions 2 to 3, which decide alike");
    expect(sampleText(view({ sample: { ...sample, because: "training-cutoff" } }))).toContain("only what came after the model's training ended");
    expect(sampleText(view({ sample: { ...sample, because: "unknown-cutoff" } }))).toContain("is not published");
  });
  it("never rounds to certainty", () => {
    expect(sure(0.99996)).toBe("over 99.9 %");
    expect(sure(1e-7)).toBe("under 0.1 %");
    expect(sure(0)).toBe("0.0 %");
    expect(sure(0.954)).toBe("95.4 %");
  });
  it("counts days", () => {
    expect([days(1), days(0.52), days(12.4), days(4321)]).toEqual(["1 day", "0.5 days", "12 days", "4,321 days"]);
  });
  it("has a number of marks for each word, from none to five", () => {
    expect(EVIDENCE_WORDS.map((w) => marksOf(w.words))).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
