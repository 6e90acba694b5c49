import { DomainError } from "@/server/shared";

/** What an agent must show before it may leave paper. A workspace's own; see `DEFAULT_GATE`. */
export type GateRules = {
  readonly enabled: boolean;
  /** Orders filled out of sample, at least. */
  readonly minTrades: number;
  /** Deflated Sharpe ratio of the excess over the exposure-matched hold, corrected for every look at it, at least (0 to 1). */
  readonly minDeflatedSharpe: number;
};

/** On; at most one in twenty lucky agents ever passes the ratio, however often it asks, and none with fewer than thirty trades. */
export const DEFAULT_GATE: GateRules = { enabled: true, minTrades: 30, minDeflatedSharpe: 0.95 };

/** A condition with both of its numbers. `has` is null when there is not enough to compute it, `why` says what is missing. */
export type GateCondition = {
  readonly id: "trades" | "deflated-sharpe";
  readonly met: boolean;
  readonly has: number | null;
  readonly needs: number;
  readonly why: { readonly code: string; readonly message: string } | null;
};

export type GateVerdict = { readonly passed: boolean; readonly enabled: boolean; readonly conditions: readonly GateCondition[] };

/** The rules themselves. Throws INVALID_GATE naming the field. */
export function checkGate(rules: GateRules): GateRules {
  const wrong = (field: keyof GateRules, message: string) => new DomainError("INVALID_GATE", message, { field: `gate.${field}` });
  if (!(Number.isInteger(rules.minTrades) && rules.minTrades >= 1 && rules.minTrades <= 100_000))
    throw wrong("minTrades", "the number of trades must be a whole number from 1 to 100,000");
  if (!(rules.minDeflatedSharpe >= 0.5 && rules.minDeflatedSharpe <= 0.9999))
    throw wrong(
      "minDeflatedSharpe",
      "the deflated Sharpe ratio must be from 0.5 to 0.9999: it is a probability, and below one half it asks for nothing",
    );
  return rules;
}

/** Whether the evidence is enough. A score that could not be computed is a condition that is not met. With the gate off, all pass. */
export function evaluateGate(
  rules: GateRules,
  evidence: { readonly trades: number; readonly deflated: number | { readonly code: string; readonly message: string } },
): GateVerdict {
  checkGate(rules);
  const { trades, deflated } = evidence;
  const score = typeof deflated === "number" ? deflated : null;
  const conditions: GateCondition[] = [
    { id: "trades", met: trades >= rules.minTrades, has: trades, needs: rules.minTrades, why: null },
    {
      id: "deflated-sharpe",
      met: score !== null && score >= rules.minDeflatedSharpe,
      has: score,
      needs: rules.minDeflatedSharpe,
      why: typeof deflated === "number" ? null : deflated,
    },
  ];
  return { passed: !rules.enabled || conditions.every((c) => c.met), enabled: rules.enabled, conditions };
}
