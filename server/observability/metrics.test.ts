import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { createMetrics, watchProcess } from "./metrics";

type Described = { readonly name: string; readonly help: string; readonly type: string; readonly labelNames: readonly string[] };
const described = () => createMetrics().registry.getMetricsAsArray() as unknown as readonly Described[];

it("docs/observability.md lists every metric, and no other", () => {
  const doc = fs.readFileSync(path.resolve(import.meta.dirname, "../../docs/observability.md"), "utf8");
  const shown = doc.split("\n").filter((line) => line.startsWith("| `memepulse_"));
  const real = described().map(({ name, type, labelNames, help }) => `| \`${name}\` | ${type} | ${labelNames.join(", ") || "none"} | ${help} |`);
  expect(shown).toEqual(real);
});

it("names have units, and labels are of kinds of things only", () => {
  const kinds = new Set(
    "outcome code phase status rule model direction function state route method procedure kind limit read symbol part breaker step severity".split(
      " ",
    ),
  );
  for (const { name, type, labelNames } of described()) {
    if (type === "counter") expect(name).toMatch(/_total$/);
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    for (const label of labelNames) expect(kinds, name).toContain(label);
  }
});

it("the process tells its CPU, memory and event-loop lag", async () => {
  const metrics = createMetrics();
  watchProcess(metrics);
  const text = await metrics.registry.metrics();
  for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "nodejs_eventloop_lag_seconds"])
    expect(text).toContain(`\n${name} `);
  metrics.registry.clear();
});
