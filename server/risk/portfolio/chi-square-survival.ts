import { erfc } from "./normal";

/**
 * Probability that a chi-square variable with 1 or 2 degrees of freedom exceeds x ≥ 0. Both have closed forms (Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 26.4.4 and 26.4.5): 1: erfc(√(x/2)), the square of a normal variable; 2: e^(−x/2).
 */
export const chiSquareSurvival = (x: number, degrees: 1 | 2): number => (degrees === 1 ? erfc(Math.sqrt(x / 2)) : Math.exp(-x / 2));
