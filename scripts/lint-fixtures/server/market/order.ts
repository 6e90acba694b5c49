// expect: eslint(no-restricted-imports) import order
import { place } from "@/server/trading";

export const x = place;
