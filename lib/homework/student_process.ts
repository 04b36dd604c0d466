/**
 * One student's notebook in sandbox processes: run it, then ask its functions.
 *
 * A cell or a call that gets the process killed costs that cell or exercise;
 * the next one goes on in a fresh process, without the cell that did it.
 *
 * @module
 */
import { type Ending, type Limits, ProcessEnded } from "./limits.ts";
import { LockedProcess } from "./locked_process.ts";
import { isRecord, NotebookError } from "./notebook.ts";
import { programText } from "./program.ts";
import type { ErrorText, Reply, Request } from "./sandbox/messages.ts";
import { join } from "./root.ts";
import type { SandboxFiles } from "./sandbox_files.ts";
import type { CellCode } from "./share_names.ts";

/** A cell that may run. */
export interface RunnableCell {
  readonly index: number;
  readonly code: CellCode;
}

/** Processes that one notebook may use up before its cells are left out. */
const mostTries = 5;

/** Answers to questions that the process owes. */
type Waiting = Map<number, PromiseWithResolvers<Reply>>;

/** The sandbox of one student's notebook. */
export class StudentProcess {
  readonly #files: SandboxFiles;
  readonly #limits: Limits;
  #cells: readonly RunnableCell[];
  #process: LockedProcess | undefined;
  #waiting: Waiting = new Map();
  #next = 0;
  #printed = "";
  /** Why a cell did not run to its end, by its index. */
  readonly cellErrors = new Map<number, string>();

  constructor(
    files: SandboxFiles,
    limits: Limits,
    cells: readonly RunnableCell[],
  ) {
    this.#files = files;
    this.#limits = limits;
    this.#cells = cells;
  }

  /** Runs the cells unless a living process has done so. */
  async ready(): Promise<void> {
    for (let tries = 1; !this.#process?.alive; tries++) {
      await this.#process?.ended;
      const { bad, ending } = await this.#start();
      const left = this.#cells.filter(({ index }) => !bad.has(index));
      // No cell to blame, or one after another: start without any of them.
      const hopeless = ending !== undefined &&
        (left.length === this.#cells.length || tries >= mostTries);
      for (const { index } of hopeless ? left : []) {
        this.cellErrors.set(index, `The notebook ${ending!.text}`);
      }
      this.#cells = hopeless ? [] : left;
      if (hopeless && tries > mostTries) {
        throw new NotebookError(
          `The sandbox does not stay: it ${ending!.text}`,
        );
      }
    }
  }

  /** Starts a process; returns the cells that made it fail. */
  async #start(): Promise<{ bad: Set<number>; ending?: Ending }> {
    const bad = new Set<number>();
    const ready = Promise.withResolvers<void>();
    let hello = false;
    let running: number | undefined;
    this.#waiting = new Map();
    const waiting = this.#waiting;
    const process = new LockedProcess(
      this.#files,
      join(this.#files.folder, "lib/homework/sandbox/main.js"),
      {
        limits: this.#limits,
        onMessage: (message) => {
          if (!isRecord(message)) return;
          const { event, index } = message;
          this.#keepPrinted(message.printed);
          if (event === "hello") hello = true;
          else if (event === "ready") ready.resolve();
          else if (event === "begin" && typeof index === "number") {
            running = index;
            process.startClock();
          } else if (typeof message.id === "number") {
            const answer = waiting.get(message.id);
            waiting.delete(message.id);
            answer?.resolve(message as unknown as Reply);
          } else if (typeof index === "number") {
            running = undefined;
            if (event === "refused") bad.add(index);
            if (isRecord(message.error)) {
              this.cellErrors.set(index, errorText(message.error));
            }
          }
        },
      },
    );
    this.#process = process;
    process.startClock();
    const cells = this.#cells;
    process.send({
      program: programText(cells.map((cell) => cell.code)),
      single: cells.map((cell) => programText([cell.code])),
      cells: cells.map((cell) => cell.index),
    });
    const ended = process.ended.then((ending) => {
      for (const answer of waiting.values()) {
        answer.reject(new ProcessEnded(ending));
      }
      waiting.clear();
      return ending;
    });
    const ending = await Promise.race([ready.promise, ended]);
    process.stopClock();
    if (ending === undefined) return { bad };
    if (!hello) {
      throw new NotebookError(
        `The sandbox does not start (${ending.text}): ${process.errors}`,
      );
    }
    if (running !== undefined) {
      bad.add(running);
      this.cellErrors.set(running, `The cell ${ending.text}`);
    }
    return { bad, ending };
  }

  /** Reads a name, or calls it with plain data. */
  ask(request: Omit<Request, "id">): Promise<Reply> {
    const process = this.#process;
    const answer = Promise.withResolvers<Reply>();
    if (!process?.alive) {
      answer.reject(
        new ProcessEnded({ kind: "exit", text: "ended before it was called" }),
      );
    } else {
      const id = this.#next++;
      this.#waiting.set(id, answer);
      process.send({ id, ...request });
    }
    return answer.promise;
  }

  /** Starts the time of one exercise. */
  startClock(): void {
    this.#process?.startClock();
  }

  /** Ends it; returns how the process ended if it did. */
  async stopClock(): Promise<Ending | undefined> {
    this.#process?.stopClock();
    if (this.#process?.alive === false) return await this.#process.ended;
    return undefined;
  }

  /** What the student's code printed since the last time. */
  takePrinted(): string {
    const text = this.#printed;
    this.#printed = "";
    return text;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#process?.close();
  }

  #keepPrinted(text: unknown): void {
    if (typeof text !== "string" || this.#printed.length > 4000) return;
    this.#printed = (this.#printed + text).slice(0, 4000);
  }
}

/** "TypeError: x is no function", from fields that may hold anything. */
export function errorText(error: Partial<ErrorText> | Record<string, unknown>) {
  const name = typeof error.name === "string" ? error.name : "Error";
  const message = typeof error.message === "string" ? error.message : "";
  return name === "Error" ? message : `${name}: ${message}`;
}
