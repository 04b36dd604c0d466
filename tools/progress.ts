/**
 * A progress bar that a terminal redraws and a log file shows now and then.
 *
 * @module
 */
import { bar } from "./table.ts";

const encoder = new TextEncoder();

/** Shows how far one notebook is, by cells, on standard error. */
export class Progress {
  #name: string;
  #begin = performance.now();
  #lastLine = performance.now();
  #text = "";

  constructor(name: string) {
    this.#name = name;
  }

  /** Redraws the bar; in a log file a line at most every ten seconds. */
  update(done: number, total: number): void {
    const seconds = (performance.now() - this.#begin) / 1000;
    this.#text = `${this.#name}  ${bar(done, total)} cells  ${
      seconds.toFixed(0)
    } s`;
    if (Deno.stderr.isTerminal()) {
      Deno.stderr.writeSync(encoder.encode(`\r${this.#text}\x1b[K`));
    } else if (performance.now() - this.#lastLine > 10_000) {
      this.#lastLine = performance.now();
      console.error(this.#text);
    }
  }

  /** Leaves the last state on a line of its own. */
  finish(): void {
    if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(encoder.encode("\n"));
    else console.error(this.#text);
  }
}
