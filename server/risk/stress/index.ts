export { applyShock } from "./apply-shock";
export { type HistoricalStress, KNOWN_CRASHES, knownCrashes, worstWindows } from "./historical-stress";
export { type StressShock, stressShock } from "./stress-shock";
export type { StressPosition, StressResult } from "./types";
