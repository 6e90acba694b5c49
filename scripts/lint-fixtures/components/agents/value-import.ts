// expect: eslint(no-restricted-imports) types only
import { add } from "@/server/shared";

export const x = add;
