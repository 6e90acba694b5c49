export * from "./canonical-json";
export * from "./clock";
export * from "./errors";
export * from "./ids";
export * from "./money";
export * from "./random";
export * from "./running-hash";
export * from "./tenant";
