import { assembleInputs, runTurnCore, turnCode } from "@/server/agents";
import { SAMPLE_AT, sampleAnswers, sampleCandles } from "@/server/testing/turn-inputs";
import { type Area, type Figure, percentile, timed } from "../measure";

/** The pure core of a rule-based turn (context, decision, verdict, intents), without the database. */
export const turn: Area = {
  name: "turn",
  async measure(brief) {
    const code = turnCode("bench");
    const figures: Figure[] = [];
    for (const symbols of brief ? [1] : [1, 2, 4, 8]) {
      const names = ["BTC", "ETH", "SOL", "DOGE", "BNB", "XRP", "ADA", "LTC"].slice(0, symbols).map((base) => `${base}/USDT`);
      const candles = Object.fromEntries(names.map((name, i) => [name, sampleCandles(7 + i, 200, 60_000, 0.0005, SAMPLE_AT)]));
      const answers = sampleAnswers({ config: { symbols: names }, candles });
      const samples = await timed(brief ? 100 : 500, () => runTurnCore(assembleInputs(answers), code).recordHash);
      for (const p of [0.5, 0.99]) {
        figures.push({ area: "turn", what: `pure core, ${symbols} symbol(s), p${p * 100} (no database)`, value: percentile(samples, p), unit: "ms" });
      }
    }
    return figures;
  },
};
