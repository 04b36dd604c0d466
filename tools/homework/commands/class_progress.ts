/**
 * A progress bar over a class, with the time that is left.
 *
 * @module
 */
import { bar } from "../../table.ts";

/** Redraws one line in a terminal; in a log file a line every ten seconds. */
export class ClassProgress {
  #begin = performance.now();
  #lastLine = performance.now();
  #text = "";

  /** Shows how many submissions are done and whose was the last. */
  update(done: number, total: number, name: string): void {
    const seconds = (performance.now() - this.#begin) / 1000;
    const left = Math.ceil(seconds / done * (total - done));
    // deno-lint-ignore no-control-regex -- a folder's name must not steer the terminal
    const harmless = name.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, "?").slice(0, 30);
    this.#text = `${bar(done, total)}  ${left} s left  ${harmless}`;
    if (Deno.stderr.isTerminal()) {
      Deno.stderr.writeSync(new TextEncoder().encode(`\r${this.#text}\x1b[K`));
    } else if (performance.now() - this.#lastLine > 10_000 || done === total) {
      this.#lastLine = performance.now();
      console.error(this.#text);
    }
  }

  /** Ends the line. */
  finish(): void {
    if (Deno.stderr.isTerminal() && this.#text !== "") console.error();
  }
}
