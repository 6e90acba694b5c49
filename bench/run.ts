// npm run bench [-- area …] [--brief]: measures the budgets that exist so far and prints one table. It never fails on a
// missed budget: the table says by how much. An area that cannot run says why.
import { backtest } from "./areas/backtest";
import { engine } from "./areas/engine";
import { events } from "./areas/events";
import { http } from "./areas/http";
import { indicators } from "./areas/indicators";
import { liveTurn } from "./areas/live-turn";
import { load } from "./areas/load";
import { risk } from "./areas/risk";
import { start } from "./areas/start";
import { turn } from "./areas/turn";
import { wallets } from "./areas/wallets";
import type { Area, Figure } from "./measure";

const areas: readonly Area[] = [indicators, risk, turn, liveTurn, engine, events, http, start, backtest, wallets, load];
const number = (value: number) => (value >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3));

function verdict({ value, budget, better }: Figure): string {
  if (budget === undefined) return "–";
  const ratio = better === "more" ? value / budget : budget / value;
  return ratio >= 1 ? `met, ${ratio.toFixed(1)} × better` : `MISSED, ${(1 / ratio).toFixed(1)} × worse`;
}

const args = process.argv.slice(2);
const brief = args.includes("--brief");
const asked = args.filter((arg) => arg !== "--brief");
const unknown = asked.filter((name) => !areas.some((area) => area.name === name));
if (unknown.length > 0) {
  console.error(`no such area: ${unknown.join(", ")}. Areas: ${areas.map((area) => area.name).join(", ")}`);
  process.exit(2);
}
// A throwaway database server does not keep its process alive; this does until the table is printed.
setInterval(() => {}, 60_000);
const rows: string[][] = [["area", "what", "measured", "budget", "verdict"]];
for (const area of areas.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  try {
    for (const figure of await area.measure(brief)) {
      const sign = figure.better === "more" ? "≥" : "≤";
      const budget = figure.budget === undefined ? "–" : `${sign} ${number(figure.budget)} ${figure.unit}`;
      rows.push([figure.area, figure.what, `${number(figure.value)} ${figure.unit}`, budget, verdict(figure)]);
    }
  } catch (error) {
    rows.push([area.name, `not measured: ${error instanceof Error ? error.message : String(error)}`, "–", "–", "–"]);
  }
}
const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? [];
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
process.exit(0);
