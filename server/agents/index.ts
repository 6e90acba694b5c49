export * from "./types";
export * from "./turn/types";
export * from "./turn/core-types";
