// expect: typescript(no-require-imports) require
export const x = require("zod");
