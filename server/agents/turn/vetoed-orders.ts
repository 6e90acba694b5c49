import { reserveForBuy, type Verdict, type VetoedOrder } from "@/server/risk";
import { type Fixed, fixed, max, min, ONE, roundToStep, sub, ZERO } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { TurnInputs } from "./core-types";
import { lifeOf } from "./make-intents";
import { proposeOrder } from "./propose-order";
import { claimedBySells, heldOf, instrumentOf, lastPriceOf } from "./risk-situation";
import type { Decision } from "./types";

/** One leg that was denied or made smaller, and the rule that decided it. `instrument` is null for what the venue does not know. */
export type VetoedLeg = {
  readonly leg: number;
  readonly rule: string;
  readonly outcome: "deny" | "reduce";
  readonly instrument: Instrument | null;
  readonly order: VetoedOrder;
};

/** What a turn's verdict took away, leg by leg; empty when it took nothing. Pure, from the record alone. */
export function vetoedOrders(inputs: TurnInputs, decision: Decision, verdict: Verdict, settleAt: number): readonly VetoedLeg[] {
  if (verdict.outcome !== "deny" && verdict.outcome !== "reduce") return [];
  const legs = verdict.legs ?? [{ symbol: decision.symbol, askedQuantity: verdict.askedQuantity, allowedQuantity: verdict.allowedQuantity }];
  return legs.flatMap(({ symbol, ...leg }, index): VetoedLeg[] => {
    const order = proposeOrder(inputs, verdict.legs ? { ...decision, action: "close", symbol } : decision);
    const [askedQuantity, allowedQuantity] = [fixed(leg.askedQuantity), fixed(leg.allowedQuantity)];
    if (!order || allowedQuantity >= askedQuantity) return [];
    const instrument = instrumentOf(inputs, symbol);
    return [
      {
        leg: index,
        rule: verdict.decidedBy ?? "unknown",
        outcome: allowedQuantity === 0n ? "deny" : "reduce",
        instrument,
        order: {
          symbol,
          side: order.side,
          limitPrice: order.limitPrice,
          askedQuantity,
          allowedQuantity,
          possibleQuantity: instrument ? possible(inputs, order, instrument) : ZERO,
          at: inputs.at,
          expiresAt: order.type === "limit" ? inputs.at + lifeOf(inputs, decision) : null,
          settleAt,
        },
      },
    ];
  });
}

type Proposed = NonNullable<ReturnType<typeof proposeOrder>>;

/** Whole lots that the free cash pays for at the worst price with fees, or that are held and free to sell; within the venue's maximum. */
function possible(inputs: TurnInputs, order: Proposed, instrument: Instrument): Fixed {
  const { symbol, side, type, limitPrice } = order;
  if (side === "sell")
    return roundToStep(
      min(max(sub(heldOf(inputs, symbol), claimedBySells(inputs, symbol)), ZERO), instrument.maxQuantity),
      instrument.lotSize,
      "down",
    );
  const lastPrice = lastPriceOf(inputs, symbol);
  if (lastPrice === null || lastPrice <= 0n || (limitPrice !== null && limitPrice <= 0n)) return ZERO;
  const unitCost = reserveForBuy({ type, limitPrice, quantity: ONE, lastPrice, takerFee: instrument.takerFee });
  const cash = max(fixed(inputs.account.cash), ZERO);
  return roundToStep(min(((cash * ONE) / unitCost) as Fixed, instrument.maxQuantity), instrument.lotSize, "down");
}
