// expect: eslint(no-restricted-imports) import order
import type { Order } from "@/server/trading";

export type X = Order;
