/**
 * Follows a sandbox while it runs a notebook's cells.
 *
 * The reports come from a process that runs a student's code, so only what can
 * be true is believed: cells begin in their order and once each, only the cell
 * that runs can end, and nothing counts once all have ended.
 */
import { isRecord } from "../notebook/notebook.ts";
import { cut } from "./limits.ts";
import type { ErrorText } from "./inside/messages.ts";

/** What to do when something happens. */
export interface LoadEvents {
  /** A cell begins. */
  readonly onBegin: () => void;
  /** All cells have ended. */
  readonly onReady: () => void;
}

/** The state of one run of the cells. */
export class LoadWatch {
  readonly #cells: readonly number[];
  readonly #events: LoadEvents;
  #begun = 0;
  #ready = false;
  /** The process has started. */
  hello = false;
  /** The cell that runs, by its index. */
  running: number | undefined;
  /** Cells that the engine does not compile. */
  readonly refused: Set<number> = new Set();
  /** What cells threw, by their index. */
  readonly errors: Map<number, string> = new Map();

  /** @param cells Indices of the cells in the order they run. */
  constructor(cells: readonly number[], events: LoadEvents) {
    this.#cells = cells;
    this.#events = events;
  }

  /** Takes a report; one that cannot be true is passed over. */
  receive({ event, index, error }: Record<string, unknown>): void {
    if (event === "hello") this.hello = true;
    if (this.#ready || typeof event !== "string") return;
    if (event === "ready") {
      if (this.running !== undefined) return;
      if (this.#begun < this.#cells.length) return;
      this.#ready = true;
      this.#events.onReady();
    } else if (event === "begin") {
      if (this.running !== undefined || index !== this.#cells[this.#begun]) {
        return;
      }
      this.running = this.#cells[this.#begun++];
      this.#events.onBegin();
    } else if (typeof index !== "number") return;
    else if (event === "end" && index === this.running) {
      this.running = undefined;
      this.#keep(index, error);
    } else if (
      event === "refused" && this.#begun === 0 && this.#cells.includes(index)
    ) {
      this.refused.add(index);
      this.#keep(index, error);
    }
  }

  #keep(index: number, error: unknown): void {
    if (isRecord(error)) this.errors.set(index, errorText(error));
  }
}

/** "TypeError: x is no function", from fields that may hold anything. */
export function errorText(
  error: Partial<ErrorText> | Record<string, unknown>,
): string {
  const name = typeof error.name === "string" ? error.name : "Error";
  const message = typeof error.message === "string" ? error.message : "";
  return cut(name === "Error" ? message : `${name}: ${message}`);
}
