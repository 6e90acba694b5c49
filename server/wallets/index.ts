export type * from "./ports";
export * from "./types";
