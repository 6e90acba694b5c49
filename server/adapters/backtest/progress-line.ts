/** Progress on standard error: one line that is rewritten on a terminal, a new line now and then elsewhere. */
export class ProgressLine {
  readonly #started: number;
  #shownAt: number;
  constructor(private readonly terminal: { readonly err: (text: string) => void; readonly isTerminal: boolean; readonly now: () => number }) {
    this.#started = this.#shownAt = terminal.now();
  }

  show(done: number, total: number): void {
    // The clock is read every 64 ticks only: it would be a visible part of a tick.
    if (done % 64 !== 0 && done !== total) return;
    const now = this.terminal.now();
    if (done !== total && now - this.#shownAt < (this.terminal.isTerminal ? 100 : 2_000)) return;
    this.#shownAt = now;
    const rate = Math.round(done / Math.max(0.001, (now - this.#started) / 1_000));
    const text = `${((100 * done) / total).toFixed(0).padStart(3)} %  ${done}/${total} ticks  ${rate}/s`;
    this.terminal.err(this.terminal.isTerminal ? `\r${text}   ` : `${text}\n`);
  }

  end(): void {
    if (this.terminal.isTerminal) this.terminal.err("\r\u001b[K");
  }
}
