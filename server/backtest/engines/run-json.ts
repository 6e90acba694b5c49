import type { SymbolId } from "@/server/market";
import { type Fixed, fixed, type Json, toText } from "@/server/shared";
import type { AgentRun, RunFill } from "./run-types";

type Money = "quantity" | "price" | "fee";
type FillJson = Omit<RunFill, Money> & Readonly<Record<Money, string>>;
type RunJson = Omit<AgentRun, "fills" | "cash" | "held" | "equity" | "quantities"> & {
  readonly fills: readonly FillJson[];
  readonly cash: string;
  readonly held: string;
  readonly equity: string;
  readonly quantities: Readonly<Record<SymbolId, string>>;
};

/** A finished agent as plain JSON, exact: what a backtest that was interrupted goes on from. */
export function runToJson(run: AgentRun): Json {
  const json: RunJson = {
    ...run,
    fills: run.fills.map((f) => ({ ...f, quantity: toText(f.quantity), price: toText(f.price), fee: toText(f.fee) })),
    cash: toText(run.cash),
    held: toText(run.held),
    equity: toText(run.equity),
    quantities: Object.fromEntries(Object.entries(run.quantities).map(([s, q]) => [s, toText(q)])),
  };
  return json as unknown as Json;
}

/** The inverse of runToJson, for JSON that it made. */
export function runFromJson(json: Json): AgentRun {
  const run = json as unknown as RunJson;
  return {
    ...run,
    fills: run.fills.map((f): RunFill => ({ ...f, quantity: fixed(f.quantity), price: fixed(f.price), fee: fixed(f.fee) })),
    cash: fixed(run.cash),
    held: fixed(run.held),
    equity: fixed(run.equity),
    quantities: Object.fromEntries(Object.entries(run.quantities).map(([s, q]): [string, Fixed] => [s, fixed(q)])),
  };
}
