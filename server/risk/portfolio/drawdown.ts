import { refuse } from "./refuse";

/** The deepest fall of a value from an earlier high, as a share of it (0.2 = 20 %), and where it stands now. */
export type Drawdown = {
  readonly max: number;
  /** Places of the high and of the low after it; equal when the value never fell. */
  readonly peak: number;
  readonly trough: number;
  /** Place where the high was reached again, null when it has not been. */
  readonly recovered: number | null;
  /** Fall of the last value from the highest. */
  readonly current: number;
};

/** Drawdown of a series of values above zero (equity, prices), oldest first. Throws TOO_FEW_VALUES below 2, INVALID_VALUE, NOT_A_NUMBER. */
export function drawdown(values: ArrayLike<number>): Drawdown {
  if (values.length < 2)
    throw refuse("TOO_FEW_VALUES", `${values.length} values are too few for a drawdown, 2 are needed`, "values", { has: values.length, needs: 2 });
  let [high, highAt, max, peak, trough, current] = [0, 0, 0, 0, 0, 0];
  let recovered: number | null = null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) throw refuse("NOT_A_NUMBER", `value ${i + 1} is ${value}`, "values", { index: i });
    if (value <= 0) throw refuse("INVALID_VALUE", `value ${i + 1} is ${value}; a share of it can only be told above zero`, "values", { index: i });
    if (value >= high) {
      if (max > 0 && recovered === null && peak === highAt) recovered = i;
      [high, highAt] = [value, i];
    }
    current = 1 - value / high;
    if (current > max) {
      [max, peak, trough] = [current, highAt, i];
      recovered = null;
    }
  }
  return { max, peak, trough, recovered, current };
}
