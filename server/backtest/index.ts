export * from "./run-simulation";
export * from "./simulation-types";
