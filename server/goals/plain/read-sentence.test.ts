import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readGoalText, readSentence } from "./read-sentence";
import type { PlainContext, Reading } from "./reading";

/** Tuesday, 10 March 2026, 09:00 UTC; one agent, three markets. */
const context: PlainContext = {
  now: Date.UTC(2026, 2, 10, 9),
  symbols: ["DOGE/USDT", "BTC/USDT", "ETH/USDT"],
  currency: "USDT",
  nodes: [{ id: "n1", name: "Doge Pulse", kind: "agent", symbols: ["DOGE/USDT"] }],
  nodeId: null,
};
const shown = (r: Reading): string => {
  if (r.kind === "nothing") return "nothing";
  if (r.kind === "question") return `? ${r.about}: ${r.choices.map((c) => c.label).join(" | ")}`;
  const { after, collect, collectPercent, raisePercent, closeFirst } = r.after;
  const then = [
    after === "continue" ? "" : after,
    raisePercent ?? "",
    collect === "none" ? "" : collect,
    collectPercent ?? "",
    closeFirst ? "close first" : "",
  ]
    .filter(Boolean)
    .join(" ");
  return [r.goals.map(readGoalText).join(" + "), r.symbols.join(","), then].filter(Boolean).join("; ");
};

describe("goals in plain words", () => {
  it.each<[string, string]>([
    // the usual ones
    [
      "make 5 % on DOGE this month without ever losing more than 2 %",
      "profit 5 percent until 2026-04-01 + drawdown 2 percent until 2026-04-01; DOGE/USDT",
    ],
    ["Make 5% this week", "profit 5 percent until 2026-03-16"],
    ["earn 250 USDT today", "profit 250 quote until 2026-03-11"],
    ["I want to make $1,000 by 31 December", "profit 1000 quote until 2027-01-01"],
    ["gain 12.5 percent in 30 days", "profit 12.5 percent until 2026-04-09"],
    ["make 2,5 % by Friday", "profit 2.5 percent until 2026-03-14"],
    ["profit of 1k USDT by the end of the month", "profit 1000 quote until 2026-04-01"],
    ["make 1.5k within two weeks", "profit 1500 quote until 2026-03-24"],
    ["five percent this month", "profit 5 percent until 2026-04-01"],
    ["10 pct by 2026-06-30", "profit 10 percent until 2026-07-01"],
    ["grow by 8% over the next 3 months", "profit 8 percent until 2026-06-10"],
    ["double my money by december", "profit 100 percent until 2027-01-01"],
    ["triple it this year", "profit 200 percent until 2027-01-01"],
    ["3x by year end 2026-12-31", "profit 200 percent until 2027-01-01"],
    ["make 20 bucks tomorrow", "profit 20 quote until 2026-03-12"],
    ["Please make me 300 dollars before April 15th", "profit 300 quote until 2026-04-16"],
    ["make 7 % by 1 may 2027", "profit 7 percent until 2027-05-02"],
    ["make 4 % by 15.04.", "profit 4 percent until 2026-04-16"],
    ["make 4 % by 25/04", "profit 4 percent until 2026-04-26"],
    ["make 2m USDT", "profit 2000000 quote"],
    ["make 1.234,50 USDT this month", "profit 1234.5 quote until 2026-04-01"],
    ["make 1,234.50 usdt this month", "profit 1234.5 quote until 2026-04-01"],
    ["€40 profit next week", "profit 40 quote until 2026-03-23"],
    ["make 3 % in 48 hours", "profit 3 percent until 2026-03-12"],
    // again and again
    ["earn 50 USDT a week", "income 50 quote a week"],
    ["income of 200 dollars per month", "income 200 quote a month"],
    ["make $10 every day", "income 10 quote a day"],
    ["1 % per week", "return 1 percent a week"],
    ["make 2% monthly until 2026-12-31", "return 2 percent a month until 2027-01-01"],
    ["weekly income 35 usdt", "income 35 quote a week"],
    ["a daily return of 0.2 %", "return 0.2 percent a day"],
    // balances
    ["grow the account to 5,000 USDT by 30 June", "balance 5000 quote until 2026-07-01"],
    ["reach 2500", "balance 2500 quote"],
    ["turn 1000 USDT into 1500 USDT by december", "balance 1500 quote until 2027-01-01"],
    ["get my balance up to 12k", "balance 12000 quote"],
    ["reach 5 % this month", "profit 5 percent until 2026-04-01"],
    // ceilings
    ["never lose more than 3%", "drawdown 3 percent"],
    ["keep drawdown below 8 percent", "drawdown 8 percent"],
    ["max loss 2 % this week", "drawdown 2 percent until 2026-03-16"],
    ["risk at most 1.5 %", "drawdown 1.5 percent"],
    ["don't let it fall more than ten percent", "drawdown 10 percent"],
    ["5% this month, max 2% drawdown", "profit 5 percent until 2026-04-01 + drawdown 2 percent until 2026-04-01"],
    ["make 5 % but stay above a 4 % loss", "profit 5 percent + drawdown 4 percent"],
    // others
    ["win rate of 60 %", "win-rate 60 percent"],
    ["a win ratio above 55", "win-rate 55 percent"],
    ["sharpe ratio of 1.5 by the end of the year", "sharpe 1.5 ratio until 2027-01-01"],
    ["trade 50k this month", "volume 50000 quote until 2026-04-01"],
    ["volume of 100,000 USDT in 2 weeks", "volume 100000 quote until 2026-03-24"],
    // markets
    ["make 5 % on dogecoin and bitcoin", "profit 5 percent; DOGE/USDT,BTC/USDT"],
    ["make 5 % with ETH/USDT", "profit 5 percent; ETH/USDT"],
    ["make 5 % trading btc", "profit 5 percent; BTC/USDT"],
    // what follows
    ["make 5 % this month then stop", "profit 5 percent until 2026-04-01; stop"],
    ["make 5 % and stop", "profit 5 percent; stop"],
    ["make 5 % then collect the profit", "profit 5 percent; profit"],
    ["make 5 % then collect half of the profit and stop", "profit 5 percent; stop share 50"],
    ["make 100 USDT, withdraw 40 % of the gains", "profit 100 quote; share 40"],
    ["make 5 %, sell everything and collect all my money", "profit 5 percent; stop all close first"],
    ["make 5 % and then raise it by 20 %", "profit 5 percent; raise 20"],
    ["make 5 % then only reduce", "profit 5 percent; reduce-only"],
    ["make 5 % and keep going", "profit 5 percent"],
    // questions
    ["make 50", "? unit: 50 % | 50 USDT"],
    ["make money on DOGE", "? amount: 2 % this week | 5 % this month | 10 % this month"],
    ["never lose", "? amount: 1 % | 2 % | 5 % | 10 %"],
    ["make 1.000 USDT", "? number: 1000 | 1"],
    ["make 5 % by 03/04", "? date: 2026-04-03 | 2027-03-04"],
    ["make 5 or 10 % this month", "? amount: 5 % | 10 %"],
    ["between 5 and 10 percent", "? amount: 5 % | 10 %"],
    ["an income of 50 USDT", "? period: a day | a week | a month"],
    ["never lose more than 20 USDT", "? unit: 1 % | 2 % | 5 % | 10 %"],
    ["never lose more than 2 % a day", "? period: 2 % in all"],
    ["make 5 % on SHIBX", "? market: DOGE/USDT | BTC/USDT | ETH/USDT"],
    ["make 5 % on PEPE/USDT", "? market: DOGE/USDT | BTC/USDT | ETH/USDT"],
    // nothing
    ["hello there", "nothing"],
    ["", "nothing"],
    ["buy low and sell high", "nothing"],
  ])("%s", (sentence, wanted) => {
    expect(shown(readSentence(sentence, context))).toBe(wanted);
  });

  it("every choice of a question is answered: it is not asked again", () => {
    for (const sentence of [
      "make 50",
      "make 1.000 USDT",
      "make 5 % by 03/04",
      "make 5 or 10 % this month",
      "an income of 50 USDT",
      "never lose more than 20 USDT",
      "never lose more than 2 % a day",
      "make 5 % on SHIBX",
      "make money on DOGE",
      "never lose",
    ]) {
      const reading = readSentence(sentence, context);
      if (reading.kind !== "question") throw new Error(sentence);
      for (const choice of reading.choices) {
        const next = readSentence(choice.sentence, context);
        expect(next.kind === "question" ? `${choice.sentence}: ${next.about}` : next.kind).toBe("goals");
      }
    }
  });

  it("names what it did not understand, and nothing else", () => {
    const ignored = (sentence: string) => readSentence(sentence, context).ignored;
    expect(ignored("make 5 % this month using astrology")).toEqual(["using", "astrology"]);
    expect(ignored("make 5 % on DOGE this month without ever losing more than 2 %")).toEqual([]);
  });

  it("asks whose goal it is where that is open, and takes a name, the market's only agent, or the wallet on the screen", () => {
    const two = { ...context, nodes: [...context.nodes, { id: "n2", name: "Steady Ed", kind: "agent", symbols: ["BTC/USDT", "DOGE/USDT"] }] };
    const reading = readSentence("make 5 %", two);
    expect(shown(reading)).toBe("? wallet: Doge Pulse | Steady Ed");
    const of = (sentence: string, c = two): string | null => {
      const r = readSentence(sentence, c);
      return r.kind === "goals" ? r.nodeId : r.kind;
    };
    expect(of(reading.kind === "question" ? (reading.choices[1]?.sentence ?? "") : "")).toBe("n2");
    expect(of("make 5 % on BTC")).toBe("n2");
    expect(of("make 5 % on DOGE")).toBe("question");
    expect(of("make 5 % for steady ed")).toBe("n2");
    expect(of("make 5 %", { ...two, nodeId: "n1" })).toBe("n1");
  });

  it("never throws, whatever is typed", () => {
    const word = fc.constantFrom(
      "make",
      "5",
      "%",
      "a",
      "week",
      "on",
      "DOGE",
      "lose",
      "1.000",
      "03/04",
      "by",
      "31",
      "may",
      "next",
      "then",
      "stop",
      "of",
      "$",
      "x",
      "win",
      "rate",
      ",",
      "0",
      "99999999999999999999999",
      "half",
      "in",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 14 }).map((w) => w.join(" ")),
          fc.string({ maxLength: 80 }),
          fc.string({ unit: "binary", maxLength: 40 }),
        ),
        (sentence) => {
          const reading = readSentence(sentence, context);
          if (reading.kind === "goals") for (const goal of reading.goals) expect(goal.target).toMatch(/^-?\d+(\.\d+)?$/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
