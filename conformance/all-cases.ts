import { failureCases } from "./cases/failures";
import { flowCases } from "./cases/flow";
import { killCases } from "./cases/kills";
import { stepCases } from "./cases/steps";
import { waitCases } from "./cases/waits";
import type { ConformanceCase } from "./conformance-case";

/** The cases that run side by side in one host, or those that kill it. */
export const casesOf = (kills: boolean): readonly ConformanceCase[] =>
  kills ? killCases : [...stepCases, ...waitCases, ...failureCases, ...flowCases];
