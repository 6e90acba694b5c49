import type { DurableRuntime } from "../runtime";
import { checkGoals, checkGoalsSoon } from "./check-goals";
import { checkRisk } from "./check-risk";
import { decideWhenAsked } from "./decide-when-asked";
import { expireStale } from "./expire-stale";
import { finishTransition } from "./finish-transition";
import { moveMoney } from "./move-money";
import { rebalanceWallets } from "./rebalance-wallets";
import { runDecision } from "./run-decision";
import { scheduleDecisions } from "./schedule-decisions";
import { settleDecisions } from "./settle-decisions";

/** Every durable function of the product. Ids never change. */
export const durableFunctions = (runtime: DurableRuntime) => [
  scheduleDecisions(runtime),
  runDecision(runtime),
  decideWhenAsked(runtime),
  finishTransition(runtime),
  settleDecisions(runtime),
  expireStale(runtime),
  checkRisk(runtime),
  checkGoals(runtime),
  checkGoalsSoon(runtime),
  moveMoney(runtime),
  rebalanceWallets(runtime),
];
