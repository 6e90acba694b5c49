// expect: eslint(no-restricted-imports) import order
import { container } from "@/server/container";

export const x = container;
