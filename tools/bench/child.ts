import { TextLineStream } from "../lines.ts";

/** What a child answers first. */
export interface Greeting {
  readonly ready?: boolean;
  /** Why this engine cannot be measured here. */
  readonly unavailable?: string;
  /** Name and version, where the child knows better than we. */
  readonly version?: string;
}

/** An engine at work in a process of its own. */
export class Child {
  readonly greeting: Promise<Greeting>;
  #process?: Deno.ChildProcess;
  #input?: WritableStreamDefaultWriter<Uint8Array>;
  #lines?: ReadableStreamDefaultReader<string>;

  /** Starts it; a program that does not exist is unavailable, no error. */
  constructor([program, ...args]: readonly string[], cwd: string) {
    try {
      this.#process = new Deno.Command(program, {
        args,
        cwd,
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const unavailable = `there is no program ${program}`;
      this.greeting = Promise.resolve({ unavailable });
      return;
    }
    this.#input = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream()).getReader();
    this.greeting = this.#read() as Promise<Greeting>;
  }

  /**
   * Works for about that long; the answer is images a second.
   *
   * @throws {Error} The engine failed.
   */
  async measure(mode: "train" | "infer", seconds: number): Promise<number> {
    const request = JSON.stringify({ mode, seconds }) + "\n";
    await this.#input?.write(new TextEncoder().encode(request));
    const answer = await this.#read() as Partial<
      { images: number; seconds: number; unavailable: string }
    >;
    if (answer.images === undefined) {
      throw new Error(`An engine of the bench failed: ${answer.unavailable}`);
    }
    return answer.images / answer.seconds!;
  }

  /** Ends the process, whatever it is doing. */
  async stop(): Promise<void> {
    try {
      this.#process?.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await this.#process?.status;
  }

  async #read(): Promise<unknown> {
    const line = await this.#lines?.read();
    if (!line?.value) {
      return { unavailable: "its process ended without an answer" };
    }
    return JSON.parse(line.value);
  }
}
