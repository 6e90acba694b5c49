// expect: eslint(no-restricted-imports) import order: backtest may import
import { scoreRecord } from "@/server/evidence";
export { scoreRecord };
