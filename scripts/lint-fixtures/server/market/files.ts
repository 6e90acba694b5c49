// expect: eslint(no-restricted-imports) no I/O
import fs from "node:fs";

export const x = fs;
