import { type Fixed, ONE } from "@/server/shared";

/** Quantity × price in quote currency, rounded up. Unlike `mul` it never refuses: absurd orders must be judged, not crash the judge. */
export const notionalUp = (quantity: Fixed, price: Fixed): Fixed => ((quantity * price + ONE - 1n) / ONE) as Fixed;

/** Largest quantity whose notional at `price` stays within `limit`, in whole lots; never negative. */
export function quantityWithin(limit: Fixed, price: Fixed, lot: Fixed): Fixed {
  if (limit <= 0n || price <= 0n) return 0n as Fixed;
  const raw = (limit * ONE) / price;
  return (raw - (raw % lot)) as Fixed;
}
