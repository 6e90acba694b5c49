// expect: nothing
import { runBacktest } from "@/server/backtest";
export { runBacktest };
