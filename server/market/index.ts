export * from "./indicators";
export * from "./ports";
export * from "./types";
