/** The process that runs the instructor's checks, from outside. */
import { join } from "node:path";
import { type Ending, type Limits, settleLimits } from "../sandbox/limits.ts";
import { LockedProcess } from "../sandbox/locked_process.ts";
import { isRecord } from "../notebook/notebook.ts";
import type {
  CheckAnswer,
  CheckCall,
  CheckOutcome,
  CheckTask,
} from "../sandbox/inside/messages.ts";
import { ReadProcess } from "./read_process.ts";
import type { SandboxFiles } from "../sandbox/sandbox_files.ts";

/** Seconds that a check gets beyond those of the student's code. */
const patience = 5;

/** What grading needs beside the submission. */
export interface Grader {
  readonly files: SandboxFiles;
  readonly limits: Limits;
  readonly checks: CheckProcess;
  readonly reader: ReadProcess;
}

/** Runs checks one after another; starts its process when it is needed. */
export class CheckProcess {
  readonly #files: SandboxFiles;
  readonly #limits: Limits;
  #process: LockedProcess | undefined;
  #onMessage: (message: Record<string, unknown>) => void = () => {};

  constructor(files: SandboxFiles, limits: Limits) {
    this.#files = files;
    const settled = settleLimits("CheckProcess", limits);
    this.#limits = {
      ...settled,
      seconds: settled.seconds + patience,
      cpuSeconds: 86_400, // it serves a whole class
    };
  }

  /**
   * Runs one check.
   *
   * @param serve Answers a call of a student's function.
   * @returns How it ended, or how its process ended if that came first.
   */
  async run(
    task: CheckTask,
    serve: (call: CheckCall) => Promise<Omit<CheckAnswer, "answer">>,
  ): Promise<CheckOutcome | Ending> {
    const process = this.#alive();
    const outcome = Promise.withResolvers<CheckOutcome>();
    this.#onMessage = (message) => {
      if (message.done === true) {
        outcome.resolve(message as unknown as CheckOutcome);
      } else if (typeof message.call === "number") {
        const call = message as unknown as CheckCall;
        serve(call).then(
          (answer) => process.send({ answer: call.call, ...answer }),
          outcome.reject,
        );
      }
    };
    process.startClock();
    process.send(task);
    try {
      return await process.orEnding(outcome.promise);
    } finally {
      process.stopClock();
      this.#onMessage = () => {};
    }
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#process?.close();
    this.#process = undefined;
  }

  #alive(): LockedProcess {
    if (this.#process?.alive) return this.#process;
    this.#process = new LockedProcess(
      this.#files,
      join(this.#files.folder, "tools/homework/sandbox/inside/check_main.js"),
      {
        limits: this.#limits,
        onMessage: (message) => {
          if (isRecord(message)) this.#onMessage(message);
        },
      },
    );
    return this.#process;
  }
}

/** Calls `use` with what grading needs, and ends its processes afterwards. */
export async function withGrader<T>(
  files: SandboxFiles,
  limits: Limits,
  use: (grader: Grader) => Promise<T>,
): Promise<T> {
  const checks = new CheckProcess(files, limits);
  const reader = new ReadProcess(files, limits);
  try {
    return await use({ files, limits, checks, reader });
  } finally {
    await checks.close();
    await reader.close();
  }
}
