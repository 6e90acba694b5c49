import { describe, expect, it } from "vitest";
import { answeringAgent, MARKETS, type MarketKind, randomAgent, randomMarket, skilledAgent } from "@/server/testing/evidence-agents";
import { deflatedSharpe } from "./deflated-sharpe";
import { exposureMatched, type PeriodRecord } from "./exposure-matched";
import { DEFAULT_GATE, evaluateGate } from "./live-gate";
import { probabilisticSharpe } from "./probabilistic-sharpe";
import { returnMoments } from "./return-moments";
import { scoreRecord } from "./score-record";

/** One in twenty: 1 − the default threshold of the deflated Sharpe ratio. */
const ALPHA = 1 - DEFAULT_GATE.minDeflatedSharpe;
const AGENTS = 1000;
const PERIODS = 500;
/** Three standard errors of a share of 1,000 agents. */
const ALLOWED = ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / AGENTS);
const EDGE = 0.2;
const PER_YEAR = 365;

type Agent = { readonly record: PeriodRecord; readonly trades: number };
type Judge = (agent: Agent, trials: number) => boolean;

const score = (record: PeriodRecord, trials: number) => scoreRecord(record, { trials, knownSharpes: [] }, PER_YEAR, DEFAULT_GATE.minDeflatedSharpe);
const gate: Judge = ({ record, trades }, trials) => evaluateGate(DEFAULT_GATE, { trades, deflated: score(record, trials).anyTime }).passed;
/** One look at a moment set before, without the condition on trades. */
const scoreOnly: Judge = ({ record }, trials) => score(record, trials).deflated >= DEFAULT_GATE.minDeflatedSharpe;
/** Broken on purpose: the agent's own returns, not their excess over the matched hold. */
const withoutMatching: Judge = ({ record, trades }, trials) => {
  const moments = returnMoments(record.result);
  return evaluateGate(DEFAULT_GATE, { trades, deflated: deflatedSharpe(moments, trials, 1 / (moments.count - 1)) }).passed;
};
/** Broken on purpose: the excess, as if the agent had been the only one tried. */
const withoutDeflation: Judge = ({ record, trades }) =>
  evaluateGate(DEFAULT_GATE, { trades, deflated: probabilisticSharpe(returnMoments(exposureMatched(record).excess)) }).passed;

/** Sum over deviation of the agent's returns, after `less` of them: quick, since it only ranks. */
function ratio({ record }: Agent, less: (symbol: number) => number): number {
  const { prices, result } = record;
  let [sum, squares] = [0, 0];
  const hold = prices.map((_, i) => less(i));
  for (let t = 0; t < result.length; t++) {
    let x = result[t] as number;
    for (let i = 0; i < hold.length; i++) x -= (hold[i] as number) * ((prices[i] as Float64Array)[t] as number);
    sum += x;
    squares += x * x;
  }
  return sum / Math.sqrt(squares);
}
const total = (column: ArrayLike<number>): number => {
  let sum = 0;
  for (let t = 0; t < column.length; t++) sum += column[t] as number;
  return sum;
};
const PICKS = {
  "highest profit": ({ record }: Agent) => total(record.result),
  "highest Sharpe ratio": (agent: Agent) => ratio(agent, () => 0),
  "highest excess ratio": (agent: Agent) => ratio(agent, (i) => total(agent.record.exposure[i] ?? []) / PERIODS),
};

/** Share of `agents` random agents that pass, each in a market of its own. */
function alone(judge: Judge, market: MarketKind, agents = AGENTS): number {
  let passed = 0;
  for (let n = 0; n < agents; n++) {
    if (judge(randomAgent(randomMarket(market, 2, PERIODS, 7919 * n + 17), n * 104_729 + 1), 1)) passed += 1;
  }
  return passed / agents;
}

/** Share of `agents` picks that pass for each way to pick; each pick is the best of ten random agents in one market. */
function picked(judge: Judge, market: MarketKind, agents = AGENTS): Readonly<Record<keyof typeof PICKS, number>> {
  const ways = Object.entries(PICKS) as [keyof typeof PICKS, (agent: Agent) => number][];
  const passed = { "highest profit": 0, "highest Sharpe ratio": 0, "highest excess ratio": 0 };
  for (let n = 0; n < agents; n++) {
    const prices = randomMarket(market, 2, PERIODS, 7919 * n + 17);
    const ten = Array.from({ length: 10 }, (_, i) => randomAgent(prices, n * 104_729 + 1 + i * 613));
    for (const [way, figure] of ways) {
      const figures = ten.map(figure);
      if (judge(ten[figures.indexOf(Math.max(...figures))] as Agent, 10)) passed[way] += 1 / agents;
    }
  }
  return passed;
}

/** Share of skilled agents that pass at the end of their record as one of so many. */
function skilled(market: MarketKind, periods: number, trials: number): number {
  let passed = 0;
  for (let n = 0; n < AGENTS; n++) if (gate(skilledAgent(market, periods, EDGE, 31 * n + 5), trials)) passed += 1 / AGENTS;
  return passed;
}

/** Agents that ask again and again; in the soak all of them. */
const ASKING = process.env.EVIDENCE_FULL === "1" ? AGENTS : 300;
const ALLOWED_ASKING = ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / ASKING);
const LONG = process.env.EVIDENCE_FULL === "1" ? 1_800_000 : 20_000;
/** Ten moments to ask at, from the shortest record on. */
const MOMENTS = Array.from({ length: 10 }, (_, i) => 100 + Math.round((i * (PERIODS - 100)) / 9));
/** Every fifth period: as good as somebody who watches the figure all the time and asks when it is at its best. */
const ALWAYS = Array.from({ length: 81 }, (_, i) => 100 + 5 * i);
const before = ({ record, trades }: Agent, end: number): Agent => {
  const cut = (column: ArrayLike<number>) => Float64Array.from(column).subarray(0, end);
  const { symbols, exposure, prices, result } = record;
  // All trades of the record count: the condition on them must not be what keeps chance out.
  return { record: { symbols, exposure: exposure.map(cut), prices: prices.map(cut), result: cut(result) }, trades };
};
/** An agent that had not traded yet has no score. */
const asks = (judge: Judge, agent: Agent): boolean => {
  try {
    return judge(agent, 1);
  } catch {
    return false;
  }
};
/** Share of random agents that ever pass when they ask at each of these moments. */
function everPass(judge: Judge, market: MarketKind, moments: readonly number[], agents = ASKING): number {
  let passed = 0;
  for (let n = 0; n < agents; n++) {
    const agent = randomAgent(randomMarket(market, 2, PERIODS, 7919 * n + 17), n * 104_729 + 1);
    if (moments.some((end) => asks(judge, before(agent, end)))) passed += 1 / agents;
  }
  return passed;
}

const percent = (x: number) => `${Math.round(x * 1000) / 10} %`;
/** In verify those that could go wrong; all of them with EVIDENCE_FULL=1. */
const full = process.env.EVIDENCE_FULL === "1";

describe(`of ${AGENTS} zero-cost random agents over ${PERIODS} periods at most ${percent(ALPHA)} leave paper, within three standard errors (${percent(ALLOWED)})`, () => {
  it.each(full ? MARKETS : (["rising", "regimes"] as const))("in a %s market, by the gate as it is by default", (market) => {
    expect(alone(gate, market)).toBeLessThanOrEqual(ALLOWED);
  });
  it("by a single look at the score alone too, and it is not so strict that nothing could pass", () => {
    const share = alone(scoreOnly, "rising");
    expect(share).toBeLessThanOrEqual(ALLOWED);
    expect(share).toBeGreaterThan(ALPHA / 5);
  });
  it.each(full ? MARKETS : (["rising"] as const))(
    "when each is the best of 10, by profit, Sharpe ratio or excess ratio, in a %s market",
    (market) => {
      for (const share of Object.values(picked(gate, market))) expect(share).toBeLessThanOrEqual(ALLOWED);
    },
  );
});

const SHORT = 250;
/** Share of agents that answer to the last 30 periods and pass by the score alone, over short records. */
function answering(buys: "dips" | "rises", deflated: (record: PeriodRecord) => number): number {
  let passed = 0;
  for (let n = 0; n < AGENTS; n++) if (deflated(answeringAgent("flat", SHORT, 30, buys, 31 * n + 9)) >= DEFAULT_GATE.minDeflatedSharpe) passed += 1;
  return passed / AGENTS;
}
/** Broken on purpose: the plain average, which knows how the agent answered. */
const plainAverage = (record: PeriodRecord): number => {
  const [w, r] = [record.exposure[0] as ArrayLike<number>, record.prices[0] as ArrayLike<number>];
  const mean = total(w) / w.length;
  return probabilisticSharpe(returnMoments(Float64Array.from(record.result, (x, t) => x - mean * (r[t] as number))));
};

describe(`of ${AGENTS} agents without skill that answer to what the market did, over ${SHORT} periods, at most ${percent(ALPHA)} pass within three standard errors`, () => {
  it.each(["dips", "rises"] as const)("buyers of %s", (buys) => {
    expect(answering(buys, (record) => score(record, 1).deflated)).toBeLessThanOrEqual(ALLOWED);
  });
  it("control: against the plain average too many buyers of dips pass", () => {
    expect(answering("dips", plainAverage)).toBeGreaterThan(ALLOWED);
  });
});

describe("controls that the same measure must catch", () => {
  it("without the exposure-matched hold random longs pass in a rising market", () => {
    expect(alone(withoutMatching, "rising", 300)).toBeGreaterThan(3 * ALLOWED);
  });
  it("without deflation the best of 10 passes", () => {
    expect(picked(withoutDeflation, "rising", 200)["highest excess ratio"]).toBeGreaterThan(3 * ALLOWED);
  });
});

describe(`of ${ASKING} zero-cost random agents at most ${percent(ALPHA)} EVER pass within three standard errors (${percent(ALLOWED_ASKING)}), however often they ask`, () => {
  it.each(full ? MARKETS : (["rising"] as const))(
    "at ten moments, and whenever the figure is best, in a %s market",
    (market) => {
      expect(everPass(gate, market, MOMENTS)).toBeLessThanOrEqual(ALLOWED_ASKING);
      const watching = full ? ASKING : 100;
      expect(everPass(gate, market, ALWAYS, watching)).toBeLessThanOrEqual(ALPHA + 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / watching));
    },
    LONG,
  );
  it(
    "control: judged as if each look were the only one, too many pass",
    () => {
      expect(everPass(scoreOnly, "rising", MOMENTS)).toBeGreaterThan(1.5 * ALLOWED_ASKING);
    },
    LONG,
  );
  it(
    "control: a share of the error for each request lets those pass who ask once, when the figure that they watch is high",
    () => {
      // One half of it for the first request, a sixth for the second, a twelfth for the third: a bound on those who ask blindly.
      const spending: Judge = ({ record }) => score(record, 1).deflated >= 1 - ALPHA / 2;
      expect(everPass(spending, "rising", ALWAYS, full ? ASKING : 150)).toBeGreaterThan(1.2 * ALLOWED_ASKING);
    },
    LONG,
  );
});

describe(`of ${AGENTS} agents with a planted edge of ${EDGE} deviations a period at least 80 % leave paper`, () => {
  it.each(full ? MARKETS : (["rising"] as const))("in a %s market, over 500 periods as the only one tried, over 1,000 as one of 10", (market) => {
    expect(skilled(market, PERIODS, 1)).toBeGreaterThanOrEqual(0.8);
    expect(skilled(market, 2 * PERIODS, 10)).toBeGreaterThanOrEqual(0.8);
  });
});
