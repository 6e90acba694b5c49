import { createHash } from "node:crypto";

/** Text is handed to SHA-256 in pieces of about this many characters: each call costs more than the bytes. */
const BATCH = 65_536;

/** SHA-256 over a growing text. */
export class RunningHash {
  readonly #hash = createHash("sha256");
  #waiting = "";

  /** Appends a line; lines cannot run into each other. */
  line(text: string): void {
    this.#waiting += text;
    this.#waiting += "\n";
    if (this.#waiting.length >= BATCH) this.#flush();
  }

  /** Hex of everything appended; nothing can be appended afterwards. */
  end(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = "";
  }
}
