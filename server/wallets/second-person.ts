import { add, type Fixed, max, neg, sub, ZERO } from "@/server/shared";
import { shown } from "./share-rule";
import { pathOf } from "./tree";
import type { MoneyOrder, WalletNodeState } from "./types";

/** Movements of one person that nobody else agreed to, alike ones together. */
export type RecentMovement = {
  /** Of a rebalancing: what its movements change together is counted. */
  readonly batchId: string | null;
  readonly from: RecentEnd | null;
  readonly to: RecentEnd | null;
  /** Sum of `count` movements. */
  readonly amount: Fixed;
  readonly count: number;
};
/** `under`: the wallets with a rule that it is, or stands under. */
type RecentEnd = { readonly nodeId: string; readonly under: readonly string[] };

/** What whoever asks has moved without a second person in the last 24 hours; `batchId` of the rebalancing whose next movements are planned. */
export type RecentMovements = { readonly movements: readonly RecentMovement[]; readonly batchId: string | null };

/** Which rule asks for a second person, and why. */
export type SecondPersonAsked = { readonly limit: Fixed; readonly text: string };

/** What counts towards one rule: single movements by their amounts, a rebalancing by what it changes. */
class Sums {
  single = ZERO;
  count = 0;
  readonly batches = new Map<string, Batch>();
  /** Both before the movements that are being planned. */
  earlier = ZERO;
  earlierCount = 0;

  total(): Fixed {
    return [...this.batches.values()].reduce((sum, b) => add(sum, max(b.given, b.taken)), this.single);
  }
}

class Batch {
  readonly #net = new Map<string, Fixed>();
  given = ZERO;
  taken = ZERO;

  change(nodeId: string, by: Fixed): void {
    const before = this.#net.get(nodeId) ?? ZERO;
    const after = add(before, by);
    this.#net.set(nodeId, after);
    this.given = add(this.given, sub(max(ZERO, neg(after)), max(ZERO, neg(before))));
    this.taken = add(this.taken, sub(max(ZERO, after), max(ZERO, before)));
  }
}

/** The key of planned movements of a rebalancing that has no row yet. */
const PLANNED = "planned";

/**
 * Who has to agree: what one person moves at the wallets under a rule within 24 hours counts together, so that a large movement cannot be made
 * as several small ones. The movement that brings the sum to the rule's amount or beyond waits, and then does not count.
 */
export class SecondPersonRule {
  readonly #sums = new Map<string, Sums>();
  readonly #batchId: string;

  constructor(
    private readonly nodes: ReadonlyMap<string, WalletNodeState>,
    recent: RecentMovements = { movements: [], batchId: null },
  ) {
    this.#batchId = recent.batchId ?? PLANNED;
    for (const m of recent.movements) this.#put(m, m.amount, m.count);
    for (const sums of this.#sums.values()) {
      sums.earlier = sums.total();
      sums.earlierCount = sums.count;
    }
  }

  /** What asks for a second person, the least amount first; null when nobody has to agree, and the movement counts from here on. `apart`: by its own amount alone. */
  ask(order: MoneyOrder & { readonly apart?: boolean }): SecondPersonAsked | null {
    const ends = [this.#end(order.fromNodeId), this.#end(order.toNodeId)] as const;
    const rules = [...new Set(ends.flatMap((e) => e?.under ?? []))].flatMap((id) => this.nodes.get(id) ?? []);
    if (rules.length === 0) return null;
    const movement = { batchId: order.kind === "rebalance" ? this.#batchId : null, from: ends[0], to: ends[1] };
    if (order.apart !== true) this.#put(movement, order.amount, 1);
    const asked = rules.flatMap((rule) => this.#reached(rule, order) ?? []).sort((a, b) => (a.limit < b.limit ? -1 : 1))[0] ?? null;
    if (asked && order.apart !== true) this.#put(movement, neg(order.amount), -1);
    return asked;
  }

  #reached({ id, rules, currency }: WalletNodeState, { amount, apart }: MoneyOrder & { readonly apart?: boolean }): SecondPersonAsked | null {
    const limit = rules.approvalFrom;
    if (limit === null) return null;
    const from = shown(limit, currency);
    if (amount >= limit) return { limit, text: `from ${from} on a second person must agree` };
    const sums = this.#sums.get(id);
    if (apart === true || sums === undefined) return null;
    const total = sums.total();
    if (total < limit) return null;
    const { earlier, earlierCount: n } = sums;
    const all = `${shown(total, currency)} of ${from}: a second person must agree`;
    if (sub(total, earlier) >= limit) return { limit, text: `together ${all}` };
    return { limit, text: `with the ${n === 1 ? "movement" : `${n} movements`} of the last 24 hours ${all}` };
  }

  #end(nodeId: string | null): RecentEnd | null {
    if (nodeId === null) return null;
    return {
      nodeId,
      under: pathOf(this.nodes, nodeId)
        .filter((n) => n.rules.approvalFrom !== null)
        .map((n) => n.id),
    };
  }

  #put({ batchId, from, to }: Pick<RecentMovement, "batchId" | "from" | "to">, amount: Fixed, count: number): void {
    for (const id of new Set([...(from?.under ?? []), ...(to?.under ?? [])])) {
      const sums = this.#sums.get(id) ?? new Sums();
      this.#sums.set(id, sums);
      sums.count += count;
      if (batchId === null) sums.single = add(sums.single, amount);
      else {
        const batch = sums.batches.get(batchId) ?? new Batch();
        sums.batches.set(batchId, batch);
        if (from?.under.includes(id)) batch.change(from.nodeId, neg(amount));
        if (to?.under.includes(id)) batch.change(to.nodeId, amount);
      }
    }
  }
}
