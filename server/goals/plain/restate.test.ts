import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readSentence } from "./read-sentence";
import type { PlainContext } from "./reading";
import { RESTATE_TOOL, readRestated, restateSystem } from "./restate";

const context: PlainContext = {
  now: Date.UTC(2026, 2, 10, 9),
  symbols: ["DOGE/USDT", "BTC/USDT"],
  currency: "USDT",
  nodes: [{ id: "n1", name: "Doge Pulse", kind: "agent", symbols: ["DOGE/USDT"] }],
  nodeId: null,
};
const restated = (sentence: string | null, original: string, question: string | null = null) =>
  readRestated({ sentence, question }, original, context);

describe("a sentence that a model put plainly", () => {
  it("holds the numbers of the user's own words", () => {
    const german = "Mach diesen Monat 5 % mit Doge, ohne je mehr als 2 % zu verlieren";
    expect(restated("make 5 % on DOGE this month, never lose more than 2 %", german)).toMatchObject({ added: [] });
    expect(restated("make 1000 USDT", "ich will 1.000 verdienen")).toMatchObject({ added: [] });
    expect(restated("make 1500 USDT", "gimme 1.5k")).toMatchObject({ added: [] });
    expect(restated("make 250 USDT by 2026-04-01", "gagner 250 avant avril")).toMatchObject({ added: [] });
  });

  it("is told from one with a number that the user never said", () => {
    expect(restated("make 5 % this month", "make me rich")).toMatchObject({ added: ["5"] });
    expect(restated("make 50 %, never lose more than 2 %", "fais 5 %, jamais plus de 2 %")).toMatchObject({ added: ["50"] });
  });

  it("may be a question, and is nothing when it is not what was asked for", () => {
    expect(restated(null, "mehr Geld", "Wie viel?")).toEqual({ question: "Wie viel?" });
    for (const input of [null, undefined, "make 5 %", {}, { sentence: "make 5 %" }, { sentence: "a".repeat(501), question: null }])
      expect(readRestated(input, "x", context)).toBeNull();
    expect(restated(" ", "x", null)).toBeNull();
  });

  it("every form that the model is told is one that the grammar reads", () => {
    const forms = restateSystem(context)
      .split("\n")
      .filter((l) => l.startsWith("- make") || l.startsWith("- never lose"))
      .flatMap((l) => l.slice(2).split(/ · | \| /))
      .map((f) => f.replaceAll(/\(.*?\)/g, "").trim())
      .filter((f) => !/^a (day|month)$/.test(f));
    expect(forms.length).toBeGreaterThan(7);
    for (const form of forms) expect([form, readSentence(form, context).kind]).toEqual([form, "goals"]);
  });

  it("the tool's schema asks for what is parsed", () => {
    const { properties, required, additionalProperties } = RESTATE_TOOL.inputSchema;
    expect(Object.keys(properties)).toEqual([...required]);
    expect(additionalProperties).toBe(false);
    expect(z.fromJSONSchema(RESTATE_TOOL.inputSchema as never).safeParse({ sentence: "make 5 %", question: null }).success).toBe(true);
  });
});
