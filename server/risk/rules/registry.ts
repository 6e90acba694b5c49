import { concentration } from "./concentration";
import { correlation } from "./correlation";
import { dailyLoss } from "./daily-loss";
import { depthShare } from "./depth-share";
import { duplicateIntent } from "./duplicate-intent";
import { exposureShare } from "./exposure-share";
import { freeBalance } from "./free-balance";
import { goalBudget } from "./goal-budget";
import { grossExposure } from "./gross-exposure";
import { orderMinimum } from "./order-minimum";
import { orderNotional } from "./order-notional";
import { ordersPerHour, ordersPerMinute } from "./order-rate";
import { positionNotional } from "./position-notional";
import { priceCollar } from "./price-collar";
import { pricePrecision } from "./price-precision";
import { protectionRules } from "./protection-rules";
import { quantityPrecision } from "./quantity-precision";
import { quantityRange } from "./quantity-range";
import { reduceOnly } from "./reduce-only";
import type { RiskRule } from "./rule";
import { sector } from "./sector";
import { selfCrossing } from "./self-crossing";
import { session } from "./session";
import { stalePrice } from "./stale-price";
import { symbolAllowList } from "./symbol-allow-list";
import { tradingState } from "./trading-state";
import { venueMinimum } from "./venue-minimum";
import { volumeShare } from "./volume-share";

/** All rules, in the order they are asked and shown: whether at all, at what price, how much, then what is left of it. */
export const RISK_RULES: readonly RiskRule[] = [
  tradingState,
  session,
  symbolAllowList,
  stalePrice,
  priceCollar,
  pricePrecision,
  selfCrossing,
  reduceOnly,
  orderNotional,
  positionNotional,
  grossExposure,
  exposureShare,
  goalBudget,
  concentration,
  sector,
  correlation,
  depthShare,
  volumeShare,
  dailyLoss,
  ordersPerMinute,
  ordersPerHour,
  ...protectionRules,
  freeBalance,
  quantityPrecision,
  quantityRange,
  venueMinimum,
  orderMinimum,
  duplicateIntent,
];
