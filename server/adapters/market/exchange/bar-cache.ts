import type { Candle } from "@/server/market";
import type { Clock, Fixed } from "@/server/shared";

const MAX_BARS = 12_000;
/** A venue may publish a bar some time after it closed: a hole at the end younger than this is asked for again (ms). */
const LATE_MS = 120_000;
/** The end is asked for at most this often (ms). */
const AGAIN_AFTER_MS = 1_000;

/** Closed bars of one symbol and interval, asked for once and kept, and the open of the forming one. One request at a time. */
export class BarCache {
  #bars: readonly Candle[] = [];
  #from = 0;
  #to = 0;
  #asked = { to: 0, at: Number.NEGATIVE_INFINITY };
  readonly #opens = new Map<number, Fixed>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly load: (from: number, to: number) => Promise<readonly Candle[]>,
    private readonly ms: number,
    private readonly wall: Clock,
  ) {}

  /** Bars that opened in [from, to); the caller promises that all of them have closed. Missing bars are absent. */
  read(from: number, to: number): Promise<readonly Candle[]> {
    return this.#inTurn(async () => {
      if (this.#from === this.#to || from > this.#to || to < this.#from) await this.#replace(from, to);
      if (from < this.#from) await this.#prepend(from);
      if (to > this.#to && !this.#justAsked(to)) await this.#append(to);
      return this.#bars.filter((b) => b.openTime >= from && b.openTime < to);
    });
  }

  /** Open of the bar that opened at `openTime` and may still be forming; null while nothing has traded in it. */
  open(openTime: number): Promise<Fixed | null> {
    return this.#inTurn(async () => {
      const known = this.#opens.get(openTime);
      if (known !== undefined || this.#justAsked(openTime)) return known ?? null;
      await this.#ask(openTime, openTime);
      return this.#opens.get(openTime) ?? null;
    });
  }

  #justAsked(to: number): boolean {
    return this.#asked.to >= to && this.wall.now() - this.#asked.at < AGAIN_AFTER_MS;
  }

  async #replace(from: number, to: number): Promise<void> {
    const bars = await this.#ask(from, to);
    this.#bars = bars;
    this.#from = from;
    this.#to = this.#certainTo(from, to, bars);
  }

  async #prepend(from: number): Promise<void> {
    const bars = await this.load(from, this.#from);
    this.#bars = [...bars.filter((b) => b.openTime < this.#from), ...this.#bars];
    this.#from = from;
  }

  async #append(to: number): Promise<void> {
    const start = this.#to;
    const bars = await this.#ask(start, to);
    this.#bars = [...this.#bars.filter((b) => b.openTime < start), ...bars];
    this.#to = this.#certainTo(start, to, bars);
    if (this.#bars.length > MAX_BARS) {
      this.#bars = this.#bars.slice(-MAX_BARS);
      this.#from = (this.#bars[0] as Candle).openTime;
    }
  }

  /** Closed bars of [from, to); the one that follows is forming, and its open is remembered. */
  async #ask(from: number, to: number): Promise<readonly Candle[]> {
    const at = this.wall.now();
    const bars = await this.load(from, to + this.ms);
    for (const b of bars) if (b.openTime >= to) this.#opens.set(b.openTime, b.open);
    for (const openTime of this.#opens.keys()) if (this.#opens.size > 4) this.#opens.delete(openTime);
    this.#asked = { to, at };
    return bars.filter((b) => b.openTime < to);
  }

  /** Up to where an answer is final: the end of its last bar, or further back than a venue can be late. */
  #certainTo(from: number, to: number, bars: readonly Candle[]): number {
    const last = bars[bars.length - 1];
    const late = Math.floor((this.wall.now() - LATE_MS) / this.ms) * this.ms;
    return Math.min(to, Math.max(from, last ? last.openTime + this.ms : 0, late));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => {});
    return next;
  }
}
