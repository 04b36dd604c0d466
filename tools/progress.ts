/** Progress that a terminal redraws and a log file shows now and then. */

/** One line on standard error that says how far something is. */
export class Progress {
  readonly #line: (
    done: number,
    total: number,
    seconds: number,
    name: string,
  ) => string;
  #begin = performance.now();
  #lastLine = performance.now();
  #text = "";
  #shown = "";

  /** @param line What to show, from the numbers, the time so far and a name. */
  constructor(
    line: (
      done: number,
      total: number,
      seconds: number,
      name: string,
    ) => string,
  ) {
    this.#line = line;
  }

  /** Redraws the line; in a log file a line at most every ten seconds. */
  update(done: number, total: number, name = ""): void {
    const now = performance.now();
    const seconds = (now - this.#begin) / 1000;
    this.#text = this.#line(done, total, seconds, name);
    if (Deno.stderr.isTerminal()) write(`\r${this.#text}\x1b[K`);
    else if (now - this.#lastLine > 10_000) {
      this.#lastLine = now;
      this.#shown = this.#text;
      console.error(this.#text);
    }
  }

  /** Leaves the last state on a line of its own. */
  finish(): void {
    if (this.#text === "") return;
    if (Deno.stderr.isTerminal()) write("\n");
    else if (this.#shown !== this.#text) console.error(this.#text);
  }
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
