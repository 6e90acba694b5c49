// expect: eslint(no-restricted-imports) no framework
import { inngest } from "inngest";

export const x = inngest;
