/** A statistic, or why there is none: never NaN, never a silent zero. */
export type StatFigure = { readonly value: number; readonly reason: null } | { readonly value: null; readonly reason: string };

export const known = (value: number): StatFigure =>
  Number.isFinite(value) ? { value, reason: null } : missing("not defined: the numbers are too large");
export const missing = (reason: string): StatFigure => ({ value: null, reason });
