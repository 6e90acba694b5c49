// expect: eslint(no-restricted-imports) import order
import { place } from "../trading/place";

export const x = place;
