export * from "./candle-row";
export * from "./candle-series";
export * from "./feed-errors";
export * from "./market-clock";
export * from "./parse-candle-csv";
export * from "./ports";
export * from "./resample";
export * from "./types";
