// expect: nothing
import { createdAt } from "./created-at";
import type { Order } from "@/server/trading";
import { add } from "@/server/shared";

export const x = (order: Order, ms: number) => [order, add, createdAt, new Date(ms)];
