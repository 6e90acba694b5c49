export * from "./types";
export * from "./turn/types";
export * from "./turn/core-types";
export * from "./service-types";
