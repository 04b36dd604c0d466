/** A Deno process that may do nothing but compute and answer over its pipes. */
import { relative } from "node:path";
import { readFrames } from "./frames.ts";
import {
  type Ending,
  endingOf,
  type Limits,
  longestAnswer,
  longestStart,
  mostNoise,
  mostParts,
  mostThreads,
  tooLong,
  tooManyParts,
  tooManyThreads,
  tooMuchMemory,
  waitedTooLong,
  waitFactor,
} from "./limits.ts";
import { noFolder, searchPath } from "./confinement.ts";
import { type Use, useOf, watchUse } from "./use_watch.ts";
import type { ProcessFiles } from "./sandbox_files.ts";

const running = new Set<LockedProcess>();

/** Kills every process that still runs: for the end of the program. */
export function killAll(): void {
  for (const process of running) {
    process.kill({ kind: "closed", text: "was closed" });
  }
}

/** How long something may take. */
interface TimeLimit {
  /** Of processor time. */
  readonly seconds: number;
  readonly ending: Ending;
  /** Of time, without that in which others had the processor. */
  readonly wait: number;
  readonly waited: Ending;
}

/** A time that runs. */
export interface Clock {
  readonly limit: TimeLimit;
  /** Processor seconds since it began. */
  readonly used: () => number;
  /** Seconds since then, without those in which others had the processor. */
  readonly waited: () => number;
  readonly stop: () => void;
}

/** A process that speaks lines of JSON; see `sandbox/channel.ts`. */
export class LockedProcess {
  readonly #process: Deno.ChildProcess;
  readonly #limits: Limits;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended = Promise.withResolvers<Ending>();
  readonly #onEnded = new Set<(ending: Ending) => void>();
  #ending: Ending | undefined;
  #errors = "";
  #use: Use | undefined;
  readonly #clocks = new Set<Clock>();
  #clock: Clock | undefined;

  /**
   * @param main The module to run, inside the folder of `files`.
   * @param onMessage Gets every message, already parsed and not yet trusted.
   */
  constructor(
    files: ProcessFiles,
    main: string,
    { limits, onMessage }: {
      limits: Limits;
      onMessage: (message: unknown) => void;
    },
  ) {
    this.#limits = limits;
    this.#process = spawnLocked(files, main, limits);
    running.add(this);
    this.#writer = this.#process.stdin.getWriter();
    const nonce = crypto.randomUUID();
    this.#listen(nonce, onMessage);
    this.#write(nonce);
  }

  /** Resolves when the process has ended. */
  get ended(): Promise<Ending> {
    return this.#ended.promise;
  }

  /**
   * What is awaited of the process, or its ending if that comes first. Promise.race()
   * with `ended` would hold every result for as long as the process lives.
   */
  async orEnding<T>(result: Promise<T>): Promise<T | Ending> {
    const first = Promise.withResolvers<T | Ending>();
    this.#onEnded.add(first.resolve);
    if (!running.has(this)) this.ended.then(first.resolve);
    result.then(first.resolve, first.reject);
    try {
      return await first.promise;
    } finally {
      this.#onEnded.delete(first.resolve);
    }
  }

  /** The end of what it wrote to stderr; whole once it has ended. */
  get errors(): string {
    return this.#errors;
  }

  /** True until the process ends or is killed. */
  get alive(): boolean {
    return this.#ending === undefined;
  }

  /** Kills the process when it has used the limit's seconds, unless `stopClock` comes first. */
  startClock(seconds = this.#limits.seconds): Clock {
    this.stopClock();
    const wait = seconds * (this.#limits.waits ?? waitFactor);
    return this.#clock = this.limitTime({
      seconds,
      ending: tooLong({ ...this.#limits, seconds }),
      wait,
      waited: waitedTooLong(wait),
    });
  }

  /** The same for the time until the code begins: a busy machine's, not the code's. */
  startFirstClock(): void {
    this.startClock(Math.max(this.#limits.seconds, longestStart));
  }

  /** Ends the time that `startClock` began. */
  stopClock(): void {
    this.#clock?.stop();
  }

  /** Kills the process at one of these limits, counted from now. */
  limitTime(limit: TimeLimit): Clock {
    if (Deno.build.os === "linux") this.#use = useOf(this.#process.pid);
    const from = this.#times();
    const since = (part: "used" | "own") => () =>
      this.#times()[part] - from[part];
    const clock = {
      limit,
      used: since("used"),
      waited: since("own"),
      stop: () => this.#clocks.delete(clock),
    };
    this.#clocks.add(clock);
    return clock;
  }

  /**
   * Processor time so far, and time but for what others took of the processor; on
   * Windows, which does not tell, both are time.
   */
  #times(): { used: number; own: number } {
    const now = performance.now() / 1000;
    return {
      used: Deno.build.os === "windows" ? now : this.#use?.seconds ?? 0,
      own: now - (this.#use?.delayed ?? 0),
    };
  }

  #look(use: Use | undefined): void {
    if (use !== undefined) {
      this.#use = use;
      if (use.megabytes > this.#limits.memory) {
        return this.kill(tooMuchMemory(this.#limits));
      }
      if (use.threads > mostThreads) return this.kill(tooManyThreads);
    }
    for (const { limit, used, waited } of this.#clocks) {
      if (used() > limit.seconds) return this.kill(limit.ending);
      if (waited() > limit.wait) return this.kill(limit.waited);
    }
  }

  /** Sends one message. */
  send(message: unknown): void {
    this.#write(JSON.stringify(message));
  }

  #write(line: string): void {
    const bytes = new TextEncoder().encode(`${line}\n`);
    // A closed pipe means that the process has ended: `ended` reports it.
    this.#writer.write(bytes).catch(() => {});
  }

  /** Ends the process at once; the first reason counts. */
  kill(ending: Ending): void {
    this.#ending ??= ending;
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      // Already ended by itself: that is what was wanted.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    this.kill({ kind: "closed", text: "was closed" });
    await this.#ended.promise;
  }

  async #listen(
    nonce: string,
    onMessage: (message: unknown) => void,
  ): Promise<void> {
    const unwatch = watchUse(this.#process.pid, (use) => this.#look(use));
    const errors = readTail(
      this.#process.stderr,
      (text) => this.kill({ kind: "output", text }),
    );
    const problem = await readFrames(this.#process.stdout, {
      prefix: nonce,
      mostNoise,
      longest: longestAnswer,
      onFrame: (text) => {
        if (hasTooManyParts(text)) return this.kill(tooManyParts);
        const message = parse(text);
        if (message !== undefined) onMessage(message);
        else this.kill({ kind: "exit", text: "disturbed its own answers" });
      },
    });
    if (problem !== undefined) this.kill({ kind: "output", text: problem });
    // A process that only closed its output must not live on.
    const patience = setTimeout(
      () => this.kill({ kind: "exit", text: "closed its output" }),
      1000,
    );
    const status = await this.#process.status;
    clearTimeout(patience);
    this.#clocks.clear();
    unwatch();
    running.delete(this);
    this.#errors = await errors;
    this.#ending ??= endingOf(status, this.#errors, this.#limits);
    if (this.#ending.kind === "time") this.#limits.onTime?.();
    await this.#writer.abort().catch(() => {}); // the pipe has gone before
    this.#ended.resolve(this.#ending);
    for (const tell of this.#onEnded) tell(this.#ending);
  }
}

/** JSON of many small parts takes twenty times its length once it is parsed. */
function hasTooManyParts(text: string): boolean {
  if (text.length <= mostParts) return false;
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 44 || code === 91 || code === 123) parts++; // , [ {
  }
  return parts > mostParts;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller ends the process
  }
}

/** The last few thousand characters of a stream that must not be too long. */
async function readTail(
  stream: ReadableStream<Uint8Array>,
  onTooMuch: (text: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > mostNoise) {
      onTooMuch(
        `was stopped after printing more than ${mostNoise / 1048576} MB`,
      );
      continue; // what was in the pipe
    }
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-8000);
  }
  return tail;
}

/** Options of `deno run`: no right but to read the library and the data. */
function lockedArguments(
  files: ProcessFiles,
  main: string,
  limits: Limits,
): string[] {
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-check",
    "--no-lock",
    "--no-remote",
    "--cached-only",
    `--config=${files.config}`,
    // Relative, because a comma in the way to the folder would part two paths.
    `--allow-read=${
      files.readable.map((path) => relative(files.folder, path)).join(",")
    }`,
    "--deny-write",
    "--deny-net",
    "--deny-env",
    "--deny-run",
    "--deny-ffi",
    "--deny-sys",
    "--deny-import",
    `--v8-flags=--max-old-space-size=${Math.ceil(limits.memory / 2)}`,
    main,
  ];
}

/** Starts the process, with limits that the system itself keeps. */
function spawnLocked(
  files: ProcessFiles,
  main: string,
  limits: Limits,
): Deno.ChildProcess {
  const args = lockedArguments(files, main, limits);
  const windows = Deno.build.os === "windows";
  // Processor time ends what nobody watches any more; no file may grow.
  const cpu = Math.ceil(limits.cpuSeconds ?? limits.seconds * 10 + 60);
  const shell = `ulimit -S -t ${cpu}; ulimit -H -t ${
    cpu + 5
  }; ulimit -f 0; ulimit -c 0; exec "$0" "$@"`;
  const [program, ...rest] = windows ? [Deno.execPath(), ...args] : [
    ...files.confinement,
    "/bin/sh",
    "-c",
    shell,
    Deno.execPath(),
    ...args,
  ];
  return new Deno.Command(program, {
    args: rest,
    cwd: files.folder,
    clearEnv: true,
    env: {
      PATH: searchPath,
      DENO_WEBGPU_BACKEND: "none", // a graphics card's memory would not be counted
      DENO_DIR: noFolder,
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
