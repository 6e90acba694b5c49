export * from "./drafts";
export * from "./fill-draft";
export * from "./in-memory-ledger";
export * from "./ports";
export * from "./types";
export * from "./validate-draft";
