// expect: eslint(no-restricted-imports) import order
import { run } from "@/server/backtest";

export const x = run;
