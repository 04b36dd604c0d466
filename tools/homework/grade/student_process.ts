/**
 * One student's notebook in sandbox processes: run it, then ask its functions.
 *
 * A cell or a call that gets the process killed costs that cell or exercise;
 * the next one goes on in a fresh process, without the cell that did it.
 */
import { join } from "node:path";
import {
  cellsTooLong,
  cut,
  type Ending,
  type Limits,
  notebookSeconds,
  ProcessEnded,
} from "../sandbox/limits.ts";
import { LoadWatch } from "../sandbox/load_watch.ts";
import { type Clock, LockedProcess } from "../sandbox/locked_process.ts";
import { isRecord, NotebookError } from "../notebook/notebook.ts";
import { programText } from "../sandbox/program.ts";
import type { Forbids, Reply, Request } from "../sandbox/inside/messages.ts";
import type { ProcessFiles, SandboxFiles } from "../sandbox/sandbox_files.ts";
import type { CellCode } from "../sandbox/share_names.ts";

/** A cell that may run. */
export interface RunnableCell {
  readonly index: number;
  readonly code: CellCode;
  /** What the library refuses while it runs. */
  readonly forbids?: Forbids;
}

/** Processes that one notebook may use up before its cells are left out. */
const mostTries = 5;

/** Answers to questions that the process owes. */
type Waiting = Map<number, PromiseWithResolvers<Reply>>;

/** The sandbox of one student's notebook. */
export class StudentProcess {
  readonly #files: ProcessFiles;
  readonly #limits: Limits;
  #cells: readonly RunnableCell[];
  #process: LockedProcess | undefined;
  #waiting: Waiting = new Map();
  #next = 0;
  /** Of the time for all cells together, over all processes. */
  #secondsLeft: number;
  #printed = "";
  /** Why a cell did not run to its end, by its index. */
  readonly cellErrors = new Map<number, string>();

  constructor(
    files: SandboxFiles,
    limits: Limits,
    cells: readonly RunnableCell[],
  ) {
    this.#files = files.students;
    this.#limits = limits;
    this.#cells = cells;
    this.#secondsLeft = notebookSeconds(limits);
  }

  /** Runs the cells unless a living process has done so. */
  async ready(): Promise<void> {
    for (let tries = 1; !this.#process?.alive; tries++) {
      await this.#process?.ended;
      if (this.#secondsLeft <= 0) this.#leaveOut(cellsTooLong(this.#limits));
      const { bad, ending } = await this.#start();
      const left = this.#cells.filter(({ index }) => !bad.has(index));
      // No cell to blame, or one after another: start without any of them.
      const hopeless = left.length === this.#cells.length || tries >= mostTries;
      this.#cells = left;
      if (ending === undefined || !hopeless) continue;
      this.#leaveOut(ending);
      if (tries > mostTries) {
        throw new NotebookError(`The sandbox does not stay: it ${ending.text}`);
      }
    }
  }

  /** Gives the cells up, for a reason that concerns them all. */
  #leaveOut(ending: Ending): void {
    for (const { index } of this.#cells) {
      this.cellErrors.set(index, `The notebook ${ending.text}`);
    }
    this.#cells = [];
  }

  /** Starts a process; returns the cells that made it fail. */
  async #start(): Promise<{ bad: Set<number>; ending?: Ending }> {
    const ready = Promise.withResolvers<void>();
    const cells = this.#cells;
    const waiting: Waiting = this.#waiting = new Map();
    const watch = new LoadWatch(cells.map(({ index }) => index), {
      onBegin: () => {
        process.startClock();
        const [seconds, ending] = [
          this.#secondsLeft,
          cellsTooLong(this.#limits),
        ];
        together ??= process.limitTime({
          seconds,
          ending,
          wait: seconds,
          waited: ending,
        });
      },
      onReady: ready.resolve,
    });
    let together: Clock | undefined;
    const process = new LockedProcess(
      this.#files,
      join(this.#files.folder, "tools/homework/sandbox/inside/main.js"),
      {
        limits: this.#limits,
        onMessage: (message) => {
          if (!isRecord(message)) return;
          this.#keepPrinted(message.printed);
          if (typeof message.id !== "number") return watch.receive(message);
          const reply = replyOf(message);
          if (!reply) return process.kill(disturbed);
          waiting.get(reply.id)?.resolve(reply);
          waiting.delete(reply.id);
        },
      },
    );
    this.#process = process;
    process.startFirstClock();
    process.send({
      program: programText(cells.map((cell) => cell.code)),
      single: cells.map((cell) => programText([cell.code])),
      cells: cells.map((cell) => cell.index),
      forbids: cells.map((cell) => cell.forbids ?? null),
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
    together?.stop();
    this.#secondsLeft -= together?.waited() ?? 0;
    const { running, refused: bad, hello, errors } = watch;
    for (const [index, text] of errors) this.cellErrors.set(index, text);
    if (ending === undefined) return { bad };
    if (!hello) {
      throw new NotebookError(
        `The sandbox does not start (${ending.text}): ${process.errors}`,
      );
    }
    if (ending.text === cellsTooLong(this.#limits).text) {
      this.#leaveOut(ending); // of all cells, so that none is to blame alone
    } else if (running !== undefined) {
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

const disturbed: Ending = { kind: "exit", text: "disturbed its own answers" };

/** A message as a reply, or undefined where it is none: it comes from a student's code. */
function replyOf(message: Record<string, unknown>): Reply | undefined {
  const { id, kind, value, args, error } = message;
  if (typeof id !== "number") return undefined;
  if (kind === "function") return { id, kind };
  if (kind === "value") {
    if (args !== undefined && !Array.isArray(args)) return undefined;
    return { id, kind, value, args };
  }
  if (kind !== "error" || !isRecord(error)) return undefined;
  const { name, message: text } = error;
  if (typeof name !== "string" || typeof text !== "string") return undefined;
  return { id, kind, error: { name: cut(name), message: cut(text) } };
}
