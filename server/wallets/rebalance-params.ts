import { DomainError, type Json } from "@/server/shared";
import { POLICIES, type PolicyName } from "./rebalance/policies";

/** How a node's wallets are to share its money. Fractions as per cent. */
export type RebalanceParams = {
  readonly policy: PolicyName;
  readonly weights: Readonly<Record<string, number>>;
  /** A wallet that is off by less stays as it is. */
  readonly bandPercent: number;
  readonly minPercent: number;
  readonly maxPercent: number;
  /** Whether the node's own free cash is shared out, too. */
  readonly useFree: boolean;
};

export const DEFAULT_REBALANCE: RebalanceParams = { policy: "equal", weights: {}, bandPercent: 2, minPercent: 0, maxPercent: 100, useFree: false };

/** Throws INVALID_REBALANCE naming the field. */
export function parseRebalanceParams(input: unknown): RebalanceParams {
  const given = (typeof input === "object" && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  const policy = POLICIES.find((p) => p === given.policy);
  if (!policy) throw refuse("policy", `There is no policy of that name; there are ${POLICIES.join(", ")}.`);
  const number = (name: "bandPercent" | "minPercent" | "maxPercent"): number => {
    const value = given[name] ?? DEFAULT_REBALANCE[name];
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0 || value > 100) throw refuse(name, "This is a number from 0 to 100.");
    return value;
  };
  const weights: Record<string, number> = {};
  for (const [id, value] of Object.entries((given.weights ?? {}) as Readonly<Record<string, unknown>>)) {
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw refuse(`weights.${id}`, "A share is a number, zero or more.");
    weights[id] = value;
  }
  return {
    policy,
    weights,
    bandPercent: number("bandPercent"),
    minPercent: number("minPercent"),
    maxPercent: number("maxPercent"),
    useFree: given.useFree === true,
  };
}

export const rebalanceParamsAsJson = (p: RebalanceParams): Json => ({ ...p, weights: { ...p.weights } });

const refuse = (field: string, message: string): DomainError => new DomainError("INVALID_REBALANCE", message, { field });
