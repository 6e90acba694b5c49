export * from "./run-backtest";
export * from "./run-simulation";
export * from "./simulation-types";
