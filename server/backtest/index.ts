export * from "./backtest-market";
export * from "./engines/array-engine";
export * from "./engines/run-agent";
export * from "./engines/run-types";
export { type TickGrid, tickGrid } from "./engines/tick-grid";
export * from "./run-backtest";
export * from "./run-simulation";
export * from "./simulation-types";
