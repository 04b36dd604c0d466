/** The process that reads notebooks and transpiles cells, from outside. */
import { join } from "node:path";
import {
  type Ending,
  type Limits,
  longestCode,
  longestSource,
  mostCells,
  settleLimits,
  waitFactor,
} from "../sandbox/limits.ts";
import { LockedProcess } from "../sandbox/locked_process.ts";
import {
  isRecord,
  type Notebook,
  NotebookError,
  readNotebook,
  textOf,
} from "../notebook/notebook.ts";
import type {
  ReadAnswer,
  ReadTask,
  Transpiled,
} from "../sandbox/inside/messages.ts";
import type { SandboxFiles } from "../sandbox/sandbox_files.ts";

const noJson =
  "The file is no JSON, so it is damaged or cut off: open it in JupyterLab, save it, and submit it again";

/** Characters that no JSON has as they are. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** MB that reading may take: a parser needs some, whatever students' code may take. */
const leastMemory = 1024;

/** Reads one file after another; starts its process when it is needed. */
export class ReadProcess {
  readonly #files: SandboxFiles;
  readonly #limits: Limits;
  #process: LockedProcess | undefined;
  /** Seconds that the last answer took. */
  #used = 0;
  #onMessage: (message: ReadAnswer) => void = () => {};

  constructor(files: SandboxFiles, limits: Limits) {
    this.#files = files;
    const settled = settleLimits("ReadProcess", limits);
    this.#limits = {
      ...settled,
      memory: Math.max(settled.memory, leastMemory),
      cpuSeconds: 86_400, // it serves a whole class
    };
  }

  /**
   * A submission's notebook, without its outputs.
   *
   * @throws {NotebookError} It cannot be read, or is larger than what is graded.
   */
  async notebook(bytes: Uint8Array): Promise<Notebook> {
    const text = textOf(bytes);
    // No JSON, and a hundred MB of these are six hundred on the way to the process.
    if (control.test(text)) throw new NotebookError(noJson);
    const answer = await this.#ask({ text });
    if ("kind" in answer) {
      throw new NotebookError(
        `The notebook cannot be read: reading it ${answer.text}. Clear all outputs, save, and submit it again`,
      );
    }
    if (answer.error !== undefined) {
      throw new NotebookError(noJson);
    }
    const notebook = readNotebook(answer.notebook);
    const { cells } = notebook;
    if (cells.length > mostCells) {
      throw new NotebookError(
        `The notebook has ${cells.length} cells, more than the ${mostCells} that are graded: delete what is not yours and submit it again`,
      );
    }
    const length = cells.reduce((sum, { source }) => sum + source.length, 0);
    if (length > longestSource) {
      throw new NotebookError(
        `The notebook's cells have ${length} characters, more than the ${longestSource} that are graded: move data out of the code and submit it again`,
      );
    }
    return notebook;
  }

  /**
   * Cells as JavaScript. What is too long is refused, and so are the cells from
   * the one on at which the parser's time is over: that of one exercise, for all.
   */
  async transpile(sources: readonly string[]): Promise<Transpiled[]> {
    const cells: Transpiled[] = [];
    let characters = longestCode;
    let seconds = this.#limits.seconds;
    for (const source of sources) {
      if (seconds <= 0) {
        this.#limits.onTime?.(); // alone it may have time
        const error = "SyntaxError: the parser had no time left for this cell";
        cells.push({ error });
        continue;
      }
      const answer = await this.#ask({ source }, seconds);
      seconds -= this.#used;
      if ("kind" in answer) {
        seconds = 0;
        const why = answer.kind === "time"
          ? `needed more than ${this.#limits.seconds} s for the notebook's cells`
          : answer.text;
        const error =
          `SyntaxError: the cell is too much for the parser, which ${why}`;
        cells.push({ error });
        continue;
      }
      const cell = answer.cell!;
      if ("code" in cell) characters -= cell.code.length;
      cells.push(
        characters >= 0 ? cell : {
          error:
            `SyntaxError: the cells become more than ${longestCode} characters of JavaScript`,
        },
      );
    }
    return cells;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#process?.close();
    this.#process = undefined;
  }

  async #ask(
    task: ReadTask,
    seconds = this.#limits.seconds,
  ): Promise<ReadAnswer | Ending> {
    const process = await this.#alive();
    const answer = this.#next();
    const clock = process.startClock(seconds);
    process.send(task);
    const found = await process.orEnding(answer);
    process.stopClock();
    const { waits = waitFactor } = this.#limits;
    this.#used = Math.max(clock.used(), clock.waited() / waits);
    return found;
  }

  /** The next message. */
  #next(): Promise<ReadAnswer> {
    return new Promise((resolve) => this.#onMessage = resolve);
  }

  /** The process, once it is there: its start is not the submission's time. */
  async #alive(): Promise<LockedProcess> {
    if (this.#process?.alive) return this.#process;
    const process = this.#process = new LockedProcess(
      this.#files,
      join(this.#files.folder, "tools/homework/sandbox/inside/read_main.js"),
      {
        limits: this.#limits,
        onMessage: (message) => {
          if (isRecord(message)) this.#onMessage(message);
        },
      },
    );
    process.startFirstClock();
    const ending = await process.orEnding(this.#next());
    process.stopClock();
    if (process.alive) return process;
    throw new Error(
      `The process that reads notebooks does not start (${
        (ending as Ending).text
      }): ${process.errors}`,
    );
  }
}
