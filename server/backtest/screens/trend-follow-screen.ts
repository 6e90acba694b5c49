import { CONTEXT_BARS } from "@/server/agents";
import { GUARD, MAY_ENTER, MAY_EXIT, Reach, type Screen, SURE_ENTER, SURE_EXIT } from "./screen";
import { WindowedAverage } from "./windowed-average";

/** In when fast − slow > entryAtr × ATR, out when fast < slow. */
export class TrendFollowScreen implements Screen {
  readonly #fast: WindowedAverage;
  readonly #slow: WindowedAverage;
  readonly #range: WindowedAverage;
  readonly #entryAtr: number;
  readonly #reach = new Reach();
  #before = Number.NaN;
  #flags = 0;

  constructor(params: Readonly<Record<string, number>>) {
    const { fast = 0, slow = 0, atrPeriod = 0, entryAtr = 0 } = params;
    this.#fast = new WindowedAverage(fast, 2 / (fast + 1), CONTEXT_BARS);
    this.#slow = new WindowedAverage(slow, 2 / (slow + 1), CONTEXT_BARS);
    // The first bar of a window has no close before it: one range fewer than bars.
    this.#range = new WindowedAverage(atrPeriod, 1 / atrPeriod, CONTEXT_BARS - 1);
    this.#entryAtr = entryAtr;
  }

  add(high: number, low: number, close: number): void {
    const guard = GUARD * (1 + this.#entryAtr) * this.#reach.add(high);
    const lead = this.#fast.add(close) - this.#slow.add(close);
    const range = Number.isNaN(this.#before) ? Number.NaN : this.#range.add(Math.max(high, this.#before) - Math.min(low, this.#before));
    this.#before = close;
    // Not warm yet: comparisons with NaN are false, and the rule waits.
    const above = lead - this.#entryAtr * range;
    // Without a range there is no gap to speak of: the rule is asked.
    const enter = above > guard && range > guard ? MAY_ENTER | SURE_ENTER : above > -guard ? MAY_ENTER : 0;
    const exit = lead < -guard ? MAY_EXIT | SURE_EXIT : lead < guard ? MAY_EXIT : 0;
    this.#flags = Number.isNaN(range) ? 0 : enter | exit;
  }

  may = (): number => this.#flags;
}
