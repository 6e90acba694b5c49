// expect: eslint(no-restricted-imports) one door
import { candle } from "@/server/market/types";

export const x = candle;
