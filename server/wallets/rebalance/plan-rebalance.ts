import { abs, add, DomainError, div, type Fixed, fixed, max, min, mul, neg, sub, sum, toNumber, ZERO } from "@/server/shared";
import { largestRemainder } from "../returns/largest-remainder";
import { decimalsOf, movable } from "../smallest-unit";
import { type PolicyParams, type Weighed, weightsOf } from "./policies";

export type RebalanceWallet = Weighed & {
  /** What it is worth, and what of that may be taken away. */
  readonly equity: Fixed;
  readonly free: Fixed;
};

export type RebalanceInput = {
  readonly parentId: string;
  readonly currency: string;
  /** Cash of the parent that may be given out; zero when only the wallets' own money is to be shared anew. */
  readonly spare: Fixed;
  readonly wallets: readonly RebalanceWallet[];
  readonly params: PolicyParams;
  /** A wallet that is off by less than this fraction of the whole stays as it is. */
  readonly band: number;
  /** Costs of putting moved money to work, as a fraction of it. */
  readonly costRate: number;
};

export type RebalanceMove = { readonly fromNodeId: string; readonly toNodeId: string; readonly amount: Fixed };

export type RebalancePlanned = {
  readonly wallets: readonly {
    readonly nodeId: string;
    readonly name: string;
    readonly now: Fixed;
    readonly target: Fixed;
    readonly weight: number;
    readonly move: Fixed;
    readonly note: string;
  }[];
  /** Money comes up to the parent first, then goes down: in this order nobody gives what it does not have. */
  readonly moves: readonly RebalanceMove[];
  /** Money that changes its wallet, as a fraction of the whole. */
  readonly turnover: number;
  readonly cost: Fixed;
};

/**
 * Who gives how much and who gets it. Wallets within the band stay as they are; nobody gives more than is free, and no more is given than
 * came. Throws NO_WALLETS and what {@link weightsOf} throws.
 */
export function planRebalance(input: RebalanceInput): RebalancePlanned {
  const { wallets, spare, currency, parentId } = input;
  const whole = add(sum(wallets.map((w) => w.equity)), spare);
  if (wallets.length === 0 || whole <= 0n)
    throw new DomainError("NO_WALLETS", "There is nothing to share out: no open wallet with money stands under this one.", { kind: "conflict" });
  const weights = weightsOf(wallets, { ...input.params, whole: toNumber(whole) });
  const targets = largestRemainder(
    weights.map((w) => mul(whole, fixed(w.weight.toFixed(15)), "down")),
    decimalsOf(currency),
    movable(whole, currency),
  );
  const rows = wallets.map((w, i) => {
    const weight = weights[i]?.weight ?? 0;
    const target = targets[i] ?? ZERO;
    const off = sub(target, w.equity);
    const outside = toNumber(abs(off)) > input.band * toNumber(whole);
    return { ...w, weight, note: weights[i]?.note ?? "", target, wish: outside ? off : ZERO };
  });
  const gives = rows.map((r) => (r.wish < 0n ? movable(min(neg(r.wish), max(r.free, ZERO)), currency) : ZERO));
  const wishes = rows.map((r) => movable(max(r.wish, ZERO), currency));
  const wanted = sum(wishes);
  const available = add(sum(gives), spare);
  // No more comes up than is wanted further down.
  const takes = wanted < available ? scaled(gives, max(ZERO, sub(wanted, spare)), currency) : gives;
  const budget = min(wanted, add(sum(takes), spare));
  const gets = scaled(wishes, budget, currency);
  const moves = [
    ...rows.flatMap((r, i) => (takes[i] ? [{ fromNodeId: r.nodeId, toNodeId: parentId, amount: takes[i] }] : [])),
    ...rows.flatMap((r, i) => (gets[i] ? [{ fromNodeId: parentId, toNodeId: r.nodeId, amount: gets[i] }] : [])),
  ];
  const given = sum(gets);
  return {
    wallets: rows.map((r, i) => ({
      nodeId: r.nodeId,
      name: r.name,
      now: r.equity,
      target: r.target,
      weight: r.weight,
      move: sub(gets[i] ?? ZERO, takes[i] ?? ZERO),
      note: r.note,
    })),
    moves: moves.filter((m) => m.amount > 0n),
    turnover: toNumber(given) / toNumber(whole),
    cost: mul(given, fixed(input.costRate.toFixed(12)), "up"),
  };
}

/** Whole units, cut in proportion so that they sum to no more than `total`. */
function scaled(amounts: readonly Fixed[], total: Fixed, currency: string): readonly Fixed[] {
  const all = sum(amounts);
  if (all <= 0n || total <= 0n) return amounts.map(() => ZERO);
  if (total >= all) return amounts;
  const factor = div(total, all, "down");
  return largestRemainder(
    amounts.map((a) => mul(a, factor, "down")),
    decimalsOf(currency),
    movable(total, currency),
  );
}
