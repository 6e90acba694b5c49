// The tables of docs/risk-rules.md, made of the code's own registry of rules, limits and protections.
// Usage: npm run risk-rules             writes them
//        npm run risk-rules -- --check  exits 1 when they are out of date, or when a rule that is missing there would not be noticed
import fs from "node:fs";
import path from "node:path";
import { FIRST_RULES, LIMIT_NAMES, LIMIT_SPECS, PROTECTIONS, RISK_RULES, SECTORS } from "@/server/risk";

const target = path.resolve(import.meta.dirname, "../docs/risk-rules.md");
const list = (items: readonly string[]): string => (items.length === 0 ? "" : items.join(", "));
const code = (items: readonly string[]): string => list(items.map((i) => `\`${i}\``));

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Name → text of each generated part. */
const parts: Readonly<Record<string, string>> = {
  rules: table(
    ["rule", "compares", "unit", "levels", "may", "limits", "default"],
    RISK_RULES.map((r) => [`\`${r.name}\``, r.compares, r.unit || "words", list(r.levels), list(r.may), code(r.limits), r.byDefault]),
  ),
  limits: table(
    ["limit", "what it is", "unit", "range"],
    LIMIT_NAMES.map((name) => {
      const { kind, title, unit, min, max } = LIMIT_SPECS[name];
      const range =
        kind === "count" ? `whole, ${min} to ${max}` : kind === "percent" ? `above 0, at most ${max}` : kind === "fraction" ? "above 0, below 1" : "";
      return [
        `\`${name}\``,
        title,
        unit === "quote" ? "quote currency" : unit,
        range || { money: "above 0", hours: "such as 08:00-20:00" }[kind as string] || "list",
      ];
    }),
  ),
  protections: table(
    ["protection", "compares"],
    PROTECTIONS.map((p) => [`\`${p.kind}\``, p.what]),
  ),
  first: `${FIRST_RULES.map((r) => `\`${r.name}\``).join(", ")}`,
  sectors: table(
    ["sector", "coins"],
    [...new Set(Object.values(SECTORS))].map((sector) => [sector, list(Object.keys(SECTORS).filter((coin) => SECTORS[coin] === sector))]),
  ),
};

/** The page with every generated part put in. Throws when the page has no place for one. */
function filled(page: string, made: Readonly<Record<string, string>>): string {
  let out = page;
  for (const [name, text] of Object.entries(made)) {
    const place = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(\n<!-- end -->)`);
    if (!place.test(out)) throw new Error(`docs/risk-rules.md has no place for "${name}"`);
    out = out.replace(place, (_all, begin: string, end: string) => `${begin}${text}${end}`);
  }
  return out;
}

const page = fs.readFileSync(target, "utf8");
if (process.argv.includes("--check")) {
  if (filled(page, parts) !== page) {
    console.error("docs/risk-rules.md is out of date: npm run risk-rules");
    process.exit(1);
  }
  // Control: a page that lacks one rule, and one in which a word was changed, must both be found out of date.
  const [, , ...rows] = (parts.rules ?? "").split("\n");
  const lacking = rows.map((row) => page.replace(`${row}\n`, ""));
  const changed = page.replace("| always on |", "| never on |");
  const blind = [...lacking, changed].filter((other) => other === page || filled(other, parts) === other);
  if (rows.length !== RISK_RULES.length || blind.length > 0) {
    console.error("a missing rule would not be noticed");
    process.exit(1);
  }
  console.log(`${RISK_RULES.length} rules, ${LIMIT_NAMES.length} limits`);
} else {
  fs.writeFileSync(target, filled(page, parts));
  console.log(`wrote ${path.relative(process.cwd(), target)}`);
}
