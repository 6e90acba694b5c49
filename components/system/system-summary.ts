import type { SystemPart } from "@/server/api/contract";

export type SystemSummary = { readonly state: "on" | "cool" | "halt"; readonly words: string; readonly kinds: string };

/** The parts in one line: the worst state in words, and how many are embedded, real and simulated. */
export function systemSummary(parts: readonly SystemPart[]): SystemSummary {
  const down = parts.filter((p) => p.state === "down");
  const degraded = parts.filter((p) => p.state === "degraded");
  const count = (kind: SystemPart["kind"]) => parts.filter((p) => p.kind === kind).length;
  const kinds = `${count("embedded")} embedded, ${count("real")} real, ${count("simulated")} simulated`;
  if (down.length > 0) return { state: "halt", words: `Down: ${names(down)}`, kinds };
  if (degraded.length > 0) return { state: "cool", words: `Degraded: ${names(degraded)}`, kinds };
  return { state: "on", words: "All systems up", kinds };
}

const names = (parts: readonly SystemPart[]): string => parts.map((p) => p.label).join(", ");
