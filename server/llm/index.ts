export * from "./call-with-budget";
export { MODEL_CATALOG, modelInfo } from "./catalog";
export { costOf } from "./cost";
export * from "./ports";
export { testModel } from "./test-model";
export * from "./types";
