/** The last `size` numbers of a stream, oldest first. */
export class Ring {
  readonly #slots: number[];
  #next = 0;
  #seen = 0;
  constructor(readonly size: number) {
    this.#slots = new Array<number>(size).fill(0);
  }

  get full(): boolean {
    return this.#seen >= this.size;
  }

  push(value: number): void {
    this.#slots[this.#next] = value;
    if (++this.#next === this.size) this.#next = 0;
    this.#seen++;
  }

  /** The number `i` places after the oldest; 0 when nothing was pushed there. */
  at(i: number): number {
    const k = this.#next + i;
    return this.#slots[k >= this.size ? k - this.size : k] as number;
  }
}
