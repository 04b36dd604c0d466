/** A Deno process that may do nothing but compute and answer over its pipes. */
import { readFrames } from "./frames.ts";
import {
  type Ending,
  endingOf,
  type Limits,
  longestAnswer,
  longestStart,
  mostNoise,
  mostParts,
  tooLong,
  tooManyParts,
  tooMuchMemory,
} from "./limits.ts";
import { searchPath } from "./confinement.ts";
import { watchMemory } from "./memory_watch.ts";
import type { SandboxFiles } from "./sandbox_files.ts";

const running = new Set<LockedProcess>();

/** Kills every process that still runs: for the end of the program. */
export function killAll(): void {
  for (const process of running) {
    process.kill({ kind: "closed", text: "was closed" });
  }
}

/** A process that speaks lines of JSON; see `sandbox/channel.ts`. */
export class LockedProcess {
  readonly #process: Deno.ChildProcess;
  readonly #limits: Limits;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #ended = Promise.withResolvers<Ending>();
  #ending: Ending | undefined;
  #errors = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param main The module to run, inside the folder of `files`.
   * @param onMessage Gets every message, already parsed and not yet trusted.
   */
  constructor(
    files: SandboxFiles,
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

  /** The end of what it wrote to stderr; whole once it has ended. */
  get errors(): string {
    return this.#errors;
  }

  /** True until the process ends or is killed. */
  get alive(): boolean {
    return this.#ending === undefined;
  }

  /** Kills the process after the limit's seconds unless `stopClock` comes first. */
  startClock(seconds = this.#limits.seconds): void {
    this.stopClock();
    this.#timer = setTimeout(
      () => this.kill(tooLong({ ...this.#limits, seconds })),
      seconds * 1000,
    );
  }

  /** The same for the time until the code begins: a busy machine's, not the code's. */
  startFirstClock(): void {
    this.startClock(Math.max(this.#limits.seconds, longestStart));
  }

  /** Ends the time that `startClock` began. */
  stopClock(): void {
    clearTimeout(this.#timer);
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
    const unwatch = watchMemory(
      this.#process.pid,
      this.#limits.memory,
      () => this.kill(tooMuchMemory(this.#limits)),
    );
    const errors = readTail(this.#process.stderr);
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
    this.stopClock();
    unwatch();
    running.delete(this);
    this.#errors = await errors;
    this.#ending ??= endingOf(status, this.#errors, this.#limits);
    await this.#writer.abort().catch(() => {}); // the pipe has gone before
    this.#ended.resolve(this.#ending);
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

/** The last few thousand characters of a stream. */
async function readTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const chunk of stream) {
    tail = (tail + decoder.decode(chunk, { stream: true })).slice(-8000);
  }
  return tail;
}

/** Options of `deno run`: no right but to read the library and the data. */
function lockedArguments(
  files: SandboxFiles,
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
    `--allow-read=${files.readable.join(",")}`,
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
  files: SandboxFiles,
  main: string,
  limits: Limits,
): Deno.ChildProcess {
  const args = lockedArguments(files, main, limits);
  const windows = Deno.build.os === "windows";
  // Processor time ends what nobody watches any more; no file may grow.
  const cpu = Math.ceil(limits.cpuSeconds ?? limits.seconds * 10 + 60);
  const shell = `ulimit -t ${cpu}; ulimit -f 0; ulimit -c 0; exec "$0" "$@"`;
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
    // A folder that cannot exist: caches and localStorage have no place.
    env: {
      PATH: searchPath,
      DENO_WEBGPU_BACKEND: "none", // a graphics card's memory would not be counted
      DENO_DIR: "/dev/null/none",
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
