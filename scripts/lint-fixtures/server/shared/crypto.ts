// expect: eslint(no-restricted-imports) only hashing
import { randomBytes } from "node:crypto";

export const x = randomBytes;
