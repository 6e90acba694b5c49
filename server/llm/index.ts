export * from "./call-with-budget";
export { MODEL_CATALOG, modelInfo } from "./catalog";
export { costOf, inputTokenBound, worstCostOf } from "./cost";
export * from "./ports";
export { type ModelTest, probeRequest, testModel } from "./test-model";
export * from "./types";
