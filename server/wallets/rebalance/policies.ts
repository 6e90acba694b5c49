import { covarianceMatrix, moments } from "@/server/risk";
import { DomainError } from "@/server/shared";
import { boundedWeights, type WeightBounds } from "./bounded-weights";
import { riskParityWeights } from "./risk-parity";

export const POLICIES = ["equal", "target", "inverse-volatility", "risk-parity", "performance", "goals"] as const;
export type PolicyName = (typeof POLICIES)[number];

/** One wallet to be weighed. `returns` = of equal steps of time, oldest first, aligned with the others' ends; for performance only those since its last edit. */
export type Weighed = {
  readonly nodeId: string;
  readonly name: string;
  readonly returns: readonly number[];
  /** Returns since the last edit of the agent: the only ones that its rules of today were not fitted to. */
  readonly outOfSample: readonly number[];
};

export type PolicyParams = {
  readonly policy: PolicyName;
  /** Of policy target: by node id, any positive numbers in proportion. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Of policy goals: by node id, money wanted and priority (1 first). */
  readonly demands?: Readonly<Record<string, { readonly wanted: number; readonly priority: number }>>;
  /** Of the whole, for policy goals. */
  readonly whole?: number;
  readonly bounds: WeightBounds;
};

export type Weight = { readonly nodeId: string; readonly weight: number; readonly note: string };

/** Returns that a wallet must have before its own risk or profit counts. */
export const LEAST_RETURNS = 20;

/** What share of the whole each wallet should have: shares sum to one and keep within the bounds. Throws TOO_LITTLE_RECORD, NO_TARGETS, NO_DEMANDS, BOUNDS_IMPOSSIBLE. */
export function weightsOf(wallets: readonly Weighed[], params: PolicyParams): readonly Weight[] {
  const raw = RAW[params.policy](wallets, params);
  const weights = boundedWeights(
    raw.map((r) => r.weight),
    params.bounds,
  );
  return raw.map((r, i) => ({ ...r, weight: weights[i] ?? 0 }));
}

type Raw = (wallets: readonly Weighed[], params: PolicyParams) => readonly Weight[];

const equal: Raw = (wallets) => wallets.map((w) => ({ nodeId: w.nodeId, weight: 1 / wallets.length, note: "the same for everyone" }));

const target: Raw = (wallets, { weights = {} }) => {
  if (!wallets.some((w) => (weights[w.nodeId] ?? 0) > 0))
    throw new DomainError("NO_TARGETS", "Give at least one wallet a share above zero.", { field: "weights" });
  return wallets.map((w) => ({ nodeId: w.nodeId, weight: weights[w.nodeId] ?? 0, note: "the share that was set" }));
};

const inverseVolatility: Raw = (wallets) =>
  byRecord(wallets, (known) =>
    known.map((w) => {
      const volatility = deviation(w.returns);
      return { nodeId: w.nodeId, weight: 1 / volatility, note: `volatility ${shown(volatility)} a step` };
    }),
  );

const riskParity: Raw = (wallets) =>
  byRecord(wallets, (known) => {
    const count = Math.min(...known.map((w) => w.returns.length));
    const columns = known.map((w) => Float64Array.from(w.returns.slice(-count)));
    const covariance = covarianceMatrix({ symbols: known.map((w) => w.nodeId), columns, count });
    const weights = riskParityWeights(covariance, known.length);
    return known.map((w, i) => ({ nodeId: w.nodeId, weight: weights[i] ?? 0, note: `adds the same risk as the others (${count} common steps)` }));
  });

/**
 * Profit for its risk, drawn towards the average of all the more the shorter the record; what is below zero counts as zero, and half of the
 * whole is shared equally whatever the figures say: a record is evidence, not proof.
 */
const performance: Raw = (wallets) => {
  const records = wallets.map((w) => ({ w, n: w.outOfSample.length, ratio: w.outOfSample.length < 2 ? 0 : ratioOf(w.outOfSample) }));
  const known = records.filter((r) => r.n >= LEAST_RETURNS);
  if (known.length === 0) throw tooLittle(wallets, "outOfSample");
  const average = known.reduce((s, r) => s + r.ratio, 0) / known.length;
  const scored = records.map((r) => {
    const trust = r.n < LEAST_RETURNS ? 0 : r.n / (r.n + SHRINK);
    return { ...r, trust, score: Math.max(0, average + trust * (r.ratio - average)) };
  });
  const total = scored.reduce((s, r) => s + r.score, 0);
  const n = wallets.length;
  return scored.map((r) => ({
    nodeId: r.w.nodeId,
    weight: total === 0 ? 1 / n : 0.5 / n + (0.5 * r.score) / total,
    note:
      r.trust === 0
        ? `${r.n} steps since its last edit: too few to count`
        : `${r.n} steps since its last edit, counted by ${Math.round(r.trust * 100)} %`,
  }));
};

/** Steps at which a record counts half. */
const SHRINK = 200;

const goals: Raw = (wallets, { demands = {}, whole = 0 }) => {
  const wants = wallets.map((w) => ({ w, ...(demands[w.nodeId] ?? { wanted: 0, priority: Number.MAX_SAFE_INTEGER }) }));
  if (!wants.some((d) => d.wanted > 0))
    throw new DomainError("NO_DEMANDS", "None of these wallets has a goal that asks for money.", { kind: "conflict" });
  let left = whole;
  const given = new Map<string, number>();
  for (const priority of [...new Set(wants.map((d) => d.priority))].sort((a, b) => a - b)) {
    const tier = wants.filter((d) => d.priority === priority && d.wanted > 0);
    const asked = tier.reduce((s, d) => s + d.wanted, 0);
    const share = asked === 0 ? 0 : Math.min(1, left / asked);
    for (const d of tier) given.set(d.w.nodeId, d.wanted * share);
    left -= asked * share;
  }
  // What no goal asks for is shared equally.
  const rest = Math.max(0, left) / wallets.length;
  return wants.map(({ w, wanted, priority }) => ({
    nodeId: w.nodeId,
    weight: (given.get(w.nodeId) ?? 0) + rest,
    note: wanted > 0 ? `its goal asks for ${wanted.toFixed(2)}, priority ${priority}` : "no goal asks for money",
  }));
};

const RAW: Readonly<Record<PolicyName, Raw>> = {
  equal,
  target,
  "inverse-volatility": inverseVolatility,
  "risk-parity": riskParity,
  performance,
  goals,
};

/** Those with too short a record, or one that never moved, get an equal share; the others share the rest among them. */
function byRecord(wallets: readonly Weighed[], weigh: (known: readonly Weighed[]) => readonly Weight[]): readonly Weight[] {
  const known = wallets.filter((w) => w.returns.length >= LEAST_RETURNS && deviation(w.returns) > 0);
  if (known.length === 0) throw tooLittle(wallets, "returns");
  const weights = weigh(known);
  const total = weights.reduce((s, w) => s + w.weight, 0);
  const share = known.length / wallets.length;
  return wallets.map((w) => {
    const own = weights.find((k) => k.nodeId === w.nodeId);
    if (own) return { ...own, weight: (own.weight / total) * share };
    return { nodeId: w.nodeId, weight: 1 / wallets.length, note: `${w.returns.length} steps of record: an equal share` };
  });
}

const tooLittle = (wallets: readonly Weighed[], of: "returns" | "outOfSample"): DomainError => {
  const most = Math.max(0, ...wallets.map((w) => w[of].length));
  return new DomainError(
    "TOO_LITTLE_RECORD",
    `No wallet has the ${LEAST_RETURNS} steps of record that this needs${of === "outOfSample" ? " since its last edit" : ""}; the longest has ${most}. Choose equal shares or targets.`,
    { kind: "conflict", field: "policy", data: { have: most, need: LEAST_RETURNS } },
  );
};

const deviation = (returns: readonly number[]): number =>
  returns.length < 2 ? 0 : moments(returns).deviation * Math.sqrt(returns.length / (returns.length - 1));
const ratioOf = (returns: readonly number[]): number => {
  const { mean, deviation: d } = moments(returns);
  return d > 0 ? mean / d : 0;
};
const shown = (x: number): string => `${(x * 100).toFixed(2)} %`;
