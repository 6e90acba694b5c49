import { PROTECTIONS } from "@/server/risk";
import type { TurnInputs } from "./core-types";
import { riskSituation } from "./risk-situation";

/** Which protections stop which symbol until when, in one line; null for an agent that has none. */
export function protectionsText(inputs: TurnInputs): string | null {
  if (!inputs.agent.protections?.length) return null;
  const { protections, closedTrades } = riskSituation(inputs, inputs.agent.symbols[0] ?? "");
  const held = inputs.agent.symbols.flatMap((symbol) =>
    protections.flatMap((spec) => {
      const lock = PROTECTIONS.find((p) => p.kind === spec.kind)?.lock(spec, closedTrades, inputs.at, symbol);
      return lock ? [`${symbol} may not be bought before ${new Date(lock.until).toISOString().slice(0, 16)}Z (${lock.why})`] : [];
    }),
  );
  const names = inputs.agent.protections.map((p) => p.kind).join(", ");
  return `Protections of the agent: ${names}. ${held.length === 0 ? "None of them holds now." : `${held.join("; ")}.`}`;
}
