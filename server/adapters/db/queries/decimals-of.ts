import { type Fixed, toText } from "@/server/shared";

/** Decimals a step has: 0.01 → 2, 5 → 0. */
export const decimalsOf = (step: Fixed): number => toText(step).split(".")[1]?.length ?? 0;
