/** What a process of foreign code may take, and how it can end. */
import { settle, shown } from "../../../lib/base/options.ts";

/** Limits of one process. */
export interface Limits {
  /** Processor seconds for one cell, and for one exercise's check. */
  readonly seconds: number;
  /** Memory of the process, in MB. */
  readonly memory: number;
  /** Processor seconds for all cells of a notebook together; from `seconds` unless told. */
  readonly notebookSeconds?: number;
  /** Processor seconds of the whole process; from `seconds` unless told. */
  readonly cpuSeconds?: number;
  /** Times a limit of processor time that may pass by the clock; 3 unless told. */
  readonly waits?: number;
  /** Exercises that may be stopped before the rest is left out; 5 unless told. */
  readonly stops?: number;
  /** Called when a process was stopped for its time. */
  readonly onTime?: () => void;
}

/**
 * The limits, where each is one that can be kept.
 *
 * @param fn Name of the function, for the message.
 * @throws {TypeError} A limit that there is not, such as `second`.
 * @throws {RangeError} A limit that is no number above 0.
 */
export function settleLimits(fn: string, limits: Limits): Limits {
  const settled = settle(fn, limits, {
    ...defaultLimits,
    notebookSeconds: undefined,
    cpuSeconds: undefined,
    waits: waitFactor,
    stops: undefined,
    onTime: undefined,
  });
  for (const [name, value] of Object.entries(settled)) {
    if (value === undefined || name === "onTime") continue;
    // A timer of more than 2^31 ms would ring at once.
    if (typeof value === "number" && value > 0 && value <= 2e6) continue;
    throw new RangeError(
      `${fn}() expects the limit ${name} to be a number above 0, up to 2000000, but found ${
        shown(value)
      }: give seconds, or MB`,
    );
  }
  return settled;
}

/** What is enough for an exercise and too little to harm the machine. */
export const defaultLimits: Limits = { seconds: 30, memory: 1024 };

/** Seconds that a sandbox may take to start, where the limit is shorter. */
export const longestStart = 60;

/**
 * Times a limit of processor time that may pass: the clock on the wall counts what a
 * busy machine does for others, too.
 */
export const waitFactor = 3;

/** Threads of one process; Deno itself starts some for each processor. */
export const mostThreads: number = 64 + 4 * navigator.hardwareConcurrency;

/** Printed bytes after which a process is killed. */
export const mostNoise = 20 * 1024 * 1024;

/** Bytes of the longest answer. */
export const longestAnswer = 100 * 1024 * 1024;

/** Lists, objects and commas of the longest answer. */
export const mostParts = 4_000_000;

/** Cells of the longest notebook that is graded. */
export const mostCells = 2000;

/** Characters of all its cells together. */
export const longestSource = 2_000_000;

/** Characters of the JavaScript that they become. */
export const longestCode = 4_000_000;

/** Characters that are kept of a text that a submission's code made. */
const longestMessage = 4000;

/** Such a text, no longer than what is kept. */
export const cut = (text: string): string =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)} ...` : text;

/** How a process ended; the text completes "The code ...". */
export interface Ending {
  readonly kind: "time" | "memory" | "output" | "exit" | "closed";
  readonly text: string;
}

/** The process is gone; `ending` says why. */
export class ProcessEnded extends Error {
  override name = "ProcessEnded";
  constructor(readonly ending: Ending) {
    super(`The code ${ending.text}`);
  }
}

const ending = (kind: Ending["kind"], text: string): Ending => ({ kind, text });

/** The ending of a process that took too long. */
export function tooLong({ seconds }: Limits): Ending {
  return ending(
    "time",
    `was stopped after ${seconds} s: look for a loop without end`,
  );
}

/** The ending of a process that waits, or gets no processor. */
export function waitedTooLong(seconds: number): Ending {
  return ending(
    "time",
    `was stopped after waiting for ${
      seconds.toFixed(0)
    } s: look for a timer or a promise without end`,
  );
}

/** Seconds for all cells of a notebook together. */
export function notebookSeconds(limits: Limits): number {
  return limits.notebookSeconds ?? limits.seconds * 10;
}

/** The ending of a notebook whose cells take too long together. */
export function cellsTooLong(limits: Limits): Ending {
  const seconds = notebookSeconds(limits);
  return ending(
    "time",
    `was stopped: its cells took more than ${seconds} s together`,
  );
}

/** The ending of a process with an answer of too many parts. */
export const tooManyParts: Ending = ending(
  "output",
  `was stopped: its answer has more than ${mostParts} parts; return a Tensor or a typed array`,
);

/** The ending of a process that wants the whole machine. */
export const tooManyThreads: Ending = ending(
  "output",
  `was stopped: it started more than ${mostThreads} threads; one is enough`,
);

/** The ending of a process that took too much memory. */
export function tooMuchMemory({ memory }: Limits): Ending {
  return ending(
    "memory",
    `was stopped when it took more than ${memory} MB of memory`,
  );
}

/** Why a process that nobody killed has ended. */
export function endingOf(
  { signal, code }: Deno.CommandStatus,
  errors: string,
  limits: Limits,
): Ending {
  if (/out of memory|heap limit/i.test(errors)) return tooMuchMemory(limits);
  if (/promise.{0,12}never resolved/i.test(errors)) {
    return ending("exit", "waits for a promise that is never resolved");
  }
  if (signal === "SIGXCPU" || code === 128 + 24) {
    return ending("time", "was stopped: it took too much processor time");
  }
  return ending(
    "exit",
    signal
      ? `was ended by the signal ${signal}`
      : `ended its own process with status ${code}`,
  );
}
