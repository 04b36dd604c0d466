import { linesOf } from "../lines.ts";
import { SetupError } from "../process.ts";

/** What a child answers first. */
export interface Greeting {
  /** Trainable weights of its network, to see that all have the same one. */
  readonly parameters?: number;
  /** Why this engine cannot be measured here. */
  readonly unavailable?: string;
  /** Name and version, where the child knows better than we. */
  readonly version?: string;
}

/** Children at work: ended when the program is. */
const running = new Set<Deno.ChildProcess>();

/** An engine at work in a process of its own. */
export class Child {
  readonly greeting: Promise<Greeting>;
  #process?: Deno.ChildProcess;
  #input?: WritableStreamDefaultWriter<Uint8Array>;
  #lines?: ReadableStreamDefaultReader<string>;
  #stderr?: Promise<string>;

  /** Starts it; a program that does not exist is unavailable, no error. */
  constructor(
    [program, ...args]: readonly string[],
    cwd: string,
    env?: Record<string, string>,
  ) {
    try {
      this.#process = new Deno.Command(program, {
        args,
        cwd,
        env,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const unavailable = `there is no program ${program}`;
      this.greeting = Promise.resolve({ unavailable });
      return;
    }
    running.add(this.#process);
    this.#stderr = new Response(this.#process.stderr).text();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = linesOf(this.#process.stdout).getReader();
    this.greeting = this.#read() as Promise<Greeting>;
  }

  /** The number of its process. */
  get id(): number {
    return this.#process!.pid;
  }

  /**
   * Works for about that long; the answer is images a second.
   *
   * @throws {SetupError} The engine failed; the message holds what it said.
   */
  async measure(mode: "train" | "infer", seconds: number): Promise<number> {
    const request = JSON.stringify({ mode, seconds }) + "\n";
    await this.#input!.write(new TextEncoder().encode(request));
    const answer = await this.#read() as {
      images?: number;
      seconds?: number;
      unavailable?: string;
    };
    if (!answer.images || !answer.seconds) {
      throw new SetupError(
        `deno task bench: an engine failed in mode "${mode}": ${answer.unavailable}`,
      );
    }
    return answer.images / answer.seconds;
  }

  /** Ends the process, whatever it is doing. */
  async stop(): Promise<void> {
    if (!this.#process) return;
    end(this.#process);
    await this.#process.status;
    await this.#stderr;
    running.delete(this.#process);
  }

  /** The next line, which is JSON; what stands on stderr where none comes. */
  async #read(): Promise<unknown> {
    const line = (await this.#lines!.read()).value;
    if (line) {
      try {
        return JSON.parse(line);
      } catch {
        return { unavailable: `it answered "${line}", which is no JSON` };
      }
    }
    const last = (await this.#stderr!).trim().split("\n").at(-1);
    return {
      unavailable: `its process ended without an answer${
        last ? `: ${last}` : ""
      }`,
    };
  }
}

/** Ends all children; for signals. */
export function endChildren(): void {
  running.forEach(end);
}

function end(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended already
  }
}
