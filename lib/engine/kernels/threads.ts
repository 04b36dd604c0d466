/**
 * Threads at work in TensorFlow.js's memory.
 *
 * A job is a list of tasks, a task a list of calls of our binary. It is written
 * into shared memory, where every thread has an instance of the binary and takes
 * tasks one by one; see `lib/engine/assembly/threads.ts`. How a job is divided
 * depends on shapes alone, so that results are the same, bit for bit, for any
 * number of threads.
 *
 * @module
 */
import { Worker } from "../../kernel/platform.ts";
import { type Allocator, renew } from "./allocator.ts";
import type * as calls from "./calls.ts";
import { FLOATS, OWN } from "./calls.ts";

type Calls = Omit<typeof calls, "FLOATS" | "OWN">;

/** A function's name and its numbers in their order. */
export type Call = ReturnType<Calls[keyof Calls]>;

/** The functions of the binary by their names. */
export type Binary = {
  [C in Call as C[0]]: (
    ...numbers: C extends readonly [string, ...infer Numbers] ? Numbers : never
  ) => number | void;
};

/** A task: calls one after the other, on one thread. */
export type Task = Call[];

/** The pool's own functions in the binary. */
interface Pool {
  publish(control: number, count: number): void;
  join(control: number): void;
  abandon(control: number): void;
  sequence(
    ...numbers: [
      control: number,
      jobs: number,
      count: number,
      own: number,
      alone: number,
    ]
  ): number;
}

/** Places in the control block, in bytes; see assembly/threads.ts. */
const PLACE = {
  left: 64,
  epoch: 128,
  sleepers: 192,
  stop: 256,
  own: 260,
  ownBytes: 264,
  spins: 268,
  direct: 272, // of a sequence: 1 + the function at work without a task
  patience: 276,
  failed: 320, // 1 + the thread whose trap is told, 0 for none
  failedCall: 324,
  messageBytes: 328,
  message: 332, // up to 128 bytes
  current: 512,
  starts: 8192,
};
export const MAX_TASKS = 256;
export const CALL_BYTES = 192; // a function's number and its numbers
const CONTROL_BYTES = PLACE.starts + 4 * (MAX_TASKS + 1);

/** Room that the calls of these tasks take. */
export function callBytes(tasks: readonly Task[]): number {
  let calls = 0;
  for (const task of tasks) calls += task.length;
  return calls * CALL_BYTES;
}

/** Looks at memory that often, some 60 microseconds, before a thread sleeps. */
const SPINS = 60_000;

/** Naps of two seconds without an end of any task after which nobody waits any more. */
const PATIENCE = 60;

const POOL = ["abandon", "join", "publish", "sequence", "work"];

/** What a worker is given. */
interface WorkerData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: number;
  thread: number;
  place: typeof PLACE;
}

/**
 * The program of a worker, which is given its text: it uses nothing from outside.
 * Between two naps it goes through its event loop: there it ends if whoever made
 * it, a worker itself, was terminated. A trap is told and its task counted as
 * finished, so that nobody waits for it.
 */
async function live(
  { parentPort, workerData }: {
    parentPort: { postMessage(message: string): void };
    workerData: WorkerData;
  },
): Promise<void> {
  const { module, memory, control, thread, place } = workerData;
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const work = instance.exports.work as (...numbers: number[]) => number;
  parentPort.postMessage("ready");
  for (let alive = true; alive;) {
    try {
      alive = work(control, thread) === 1;
      if (alive) await new Promise((turn) => setTimeout(turn));
    } catch (error) {
      const ints = new Int32Array(memory.buffer);
      const at = (name: keyof typeof place) => (control + place[name]) >>> 2;
      const current = at("current") + thread * 16;
      if (ints[current] === 0) throw error; // no task of ours
      try {
        if (Atomics.compareExchange(ints, at("failed"), 0, thread + 1) === 0) {
          ints[at("failedCall")] = ints[current] - 1;
          const text = new TextEncoder().encode((error as Error).message);
          const bytes = text.subarray(0, 128);
          new Uint8Array(memory.buffer).set(bytes, control + place.message);
          ints[at("messageBytes")] = bytes.length;
        }
      } finally { // whatever happens here, the caller waits for the task
        ints[current] = 0;
        const last = Atomics.sub(ints, at("left"), 1) === 1;
        if (last) Atomics.notify(ints, at("left"));
      }
    }
  }
}

const WORKER =
  `(${live})(require("node:worker_threads")).then(require("node:process").exit);`;

/** A worker from its start to its end. */
class Life {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  /** Why it ended without being asked to. */
  death?: Error;

  constructor(workerData: WorkerData) {
    const worker = new Worker(WORKER, { eval: true, workerData });
    this.worker = worker;
    this.ended = new Promise((end) => {
      worker.once("exit", () => end());
      worker.once("error", () => end()); // nothing else may come after it
    });
    this.ready = new Promise((ready, fail) => {
      worker.once("message", () => ready());
      worker.once("error", (error) => {
        this.death = error as Error;
        fail(error);
      });
      worker.once("exit", () => fail(new Error("it ended at once")));
    });
    this.ready.catch(() => {}); // run() and start() tell
  }
}

/** The threads of one backend; without start() there is one, the caller. */
export class Threads {
  #workers: Life[] = [];
  #names: string[];
  #ids: Map<string, number>;
  #control: number;
  #calls = { address: 0, size: 0 }; // of a job
  #own = 0; // scratch of the caller
  #ints!: Int32Array;
  #numbers!: Float64Array;
  #atWork = false;
  #stopped = false;
  #stuck?: Error; // a thread may still be at work for a job that was given up

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly module: WebAssembly.Module,
    readonly exports: Binary & Pool,
    readonly allocator: Allocator,
    readonly patience: number = PATIENCE,
  ) {
    this.#names = WebAssembly.Module.exports(module).map(({ name }) => name)
      .filter((name) => !POOL.includes(name)).sort();
    this.#ids = new Map(this.#names.map((name, id) => [name, id]));
    const room = allocator._malloc(CONTROL_BYTES + 64) >>> 0;
    this.#control = Math.ceil(room / 64) * 64;
    this.#look();
    const at = this.#control >>> 2;
    this.#ints.fill(0, at, at + CONTROL_BYTES / 4);
  }

  /** Threads at work, the caller among them. */
  get count(): number {
    return this.#workers.length + 1;
  }

  /** Threads that sleep in the system, not in a loop. */
  get sleeping(): number {
    this.#look();
    return Atomics.load(this.#ints, this.#at("sleepers"));
  }

  /**
   * Has `count` threads from here on, ready to work.
   *
   * @throws {Error} A thread does not start: then there is one, the caller. A thread
   * of before does not end: then nothing is computed any more.
   */
  async start(count: number): Promise<void> {
    const whole = !this.#stopped && !this.#stuck && !this.#death();
    if (count === this.count && whole) return;
    await this.stop();
    const { module, memory } = this;
    const control = this.#control;
    this.#look();
    Atomics.store(this.#ints, this.#at("patience"), this.patience);
    Atomics.store(this.#ints, this.#at("stop"), 0);
    Atomics.store(this.#ints, this.#at("spins"), SPINS);
    this.#stopped = false;
    try {
      // Kept one by one: whatever happens on the way, stop() finds all there are.
      for (let thread = 1; thread < count; thread++) {
        this.#workers.push(
          new Life({ module, memory, control, place: PLACE, thread }),
        );
      }
      await this.#soon("start", this.#workers.map(({ ready }) => ready));
    } catch (cause) {
      await this.stop();
      throw new Error(
        `the wasm engine expects ${count} threads to start but found: ${
          (cause as Error).message
        }. Ask for fewer; useBackend("wasm", { threads: 1 }) works without`,
        { cause },
      );
    }
    for (const { worker } of this.#workers) worker.unref();
  }

  /**
   * Ends all threads but the caller.
   *
   * @throws {Error} One does not end.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    // terminate() does not wake a thread that sleeps in WebAssembly.
    this.#look();
    Atomics.store(this.#ints, this.#at("stop"), 1);
    Atomics.add(this.#ints, this.#at("epoch"), 1);
    Atomics.notify(this.#ints, this.#at("epoch"));
    for (const { worker, death } of this.#workers) if (!death) worker.ref();
    try {
      await this.#soon("end", this.#workers.map(({ ended }) => ended));
    } catch (cause) {
      for (const { worker } of this.#workers) worker.unref();
      throw new Error(
        `the wasm engine expects its threads to end but found: ${
          (cause as Error).message
        }. Restart the kernel`,
        { cause },
      );
    }
    this.#workers = [];
    if (!this.#stuck) return;
    // nobody is at work any more for the job that was given up
    this.#ints.fill(0, this.#at("current"), this.#at("starts"));
    for (const place of ["left", "failed"] as const) {
      Atomics.store(this.#ints, this.#at(place), 0);
    }
    this.#stuck = undefined;
  }

  /** Waits for the threads, but not for ever. */
  async #soon(what: string, threads: readonly Promise<void>[]): Promise<void> {
    const seconds = 2 * this.patience;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`one does not ${what} within ${seconds} s`)),
        1000 * seconds,
      );
    });
    try {
      await Promise.race([Promise.all(threads), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why a worker ended that was not asked to. */
  #death(): Error | undefined {
    return this.#workers.find(({ death }) => death)?.death;
  }

  /** Where the scratch of thread 0 lies; the others' follow. */
  setScratch(address: number, bytes: number): void {
    this.#own = address;
    if (this.#workers.length === 0) return; // nobody else asks
    this.#look();
    this.#ints[this.#at("own")] = address;
    this.#ints[this.#at("ownBytes")] = bytes;
  }

  /**
   * Does all tasks, in any order and on any thread.
   *
   * @throws {Error} A call went beyond memory, or failed otherwise; a thread ended,
   * or does not finish its task.
   */
  run(tasks: readonly Task[]): void {
    this.#checkAlive();
    this.settle();
    if (this.#workers.length === 0 || tasks.length < 2) {
      for (const task of tasks) for (const call of task) this.#perform(call);
      return;
    }
    for (let first = 0; first < tasks.length; first += MAX_TASKS) {
      const some = tasks.length <= MAX_TASKS
        ? tasks
        : tasks.slice(first, first + MAX_TASKS);
      this.#write(some);
      this.#finish(some.length);
    }
  }

  /**
   * Does a sequence of jobs that {@link write} wrote, as run() does one by one.
   *
   * @param jobs Where their list lies; see `sequence` in assembly/threads.ts.
   * @param own Scratch for whichever of the jobs takes most.
   */
  sequence(jobs: number, count: number, own: number): void {
    this.#checkAlive();
    this.settle();
    this.#look();
    this.#own = own;
    const alone = this.#workers.length === 0 ? 1 : 0, control = this.#control;
    this.#wait(() => this.exports.sequence(control, jobs, count, own, alone));
  }

  #checkAlive(): void {
    if (this.#stuck) throw this.#stuck;
    const cause = this.#death();
    if (cause) {
      throw new Error(
        `the wasm engine expects ${this.count} threads but found that one ended: ${cause.message}. Call useBackend("wasm") again, which starts them anew`,
        { cause },
      );
    }
  }

  /** Does one call here and at once; what the function returns. */
  call(call: Call): number {
    this.settle();
    return this.#perform(call);
  }

  /** Ends the last job where an interrupt tore us out of it. */
  settle(): void {
    if (!this.#atWork) return;
    this.exports.abandon(this.#control);
    this.#atWork = false;
    this.#checkFinished();
  }

  /** Throws where a thread has not finished its task for long. */
  #checkFinished(): void {
    this.#look();
    const ints = this.#ints, left = Atomics.load(ints, this.#at("left"));
    if (left === 0) return;
    const current = this.#at("current");
    const works = this.#workers.flatMap((_, i) => {
      const id = ints[current + 16 * (i + 1)];
      return id === 0 ? [] : [`thread ${i + 1} in ${this.#names[id - 1]}()`];
    });
    this.#stuck = new Error(
      `the wasm engine expects its ${this.count} threads to finish their tasks but found that none was finished for ${
        2 * this.patience
      } seconds, with ${left} to finish${
        works.length > 0 ? ` (${works.join(", ")})` : ""
      }. Restart the kernel; useBackend("wasm", { threads: 1 }) works without threads`,
    );
    throw this.#stuck;
  }

  #perform([name, ...numbers]: Call): number {
    const f = this.exports[name] as (...numbers: number[]) => number;
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] < OWN || FLOATS[name]?.includes(i)) continue;
      numbers[i] += this.#own - OWN;
    }
    try {
      return f(...numbers);
    } catch (error) {
      throw this.#trapError(0, this.#ids.get(name)!, error);
    }
  }

  /** Writes the calls of a job into memory. */
  #write(tasks: readonly Task[]): void {
    const bytes = callBytes(tasks);
    if (bytes > this.#calls.size) {
      renew(this.allocator, this.#calls, 2 * bytes);
    }
    this.#look();
    this.write(tasks, this.#calls.address, this.#control + PLACE.starts);
  }

  /** Writes calls to `to`, and where those of each task begin and end to `starts`. */
  write(tasks: readonly Task[], to: number, starts: number): void {
    this.#look();
    const ints = this.#ints, numbers = this.#numbers, first = starts >>> 2;
    ints[first] = to;
    for (let i = 0; i < tasks.length; i++) {
      for (const call of tasks[i]) {
        const at = to / 8;
        numbers[at] = this.#ids.get(call[0])!;
        for (let k = 1; k < call.length; k++) {
          numbers[at + k] = call[k] as number;
        }
        to += CALL_BYTES;
      }
      ints[first + i + 1] = to;
    }
  }

  #finish(count: number): void {
    this.#atWork = true;
    this.exports.publish(this.#control, count);
    this.#wait(() => this.exports.join(this.#control));
  }

  /** Works as `work` does, and then on what it leaves behind when it fails. */
  #wait(work: () => void): void {
    this.#look();
    this.#ints[this.#at("direct")] = 0; // an interrupt may have left it
    this.#atWork = true;
    let trap: unknown;
    for (let again = true; again;) {
      try {
        work();
        again = false;
      } catch (error) { // counted as finished; the other tasks go on
        const ints = this.#ints, direct = this.#at("direct");
        const current = this.#at("current"), left = this.#at("left");
        work = () => this.exports.join(this.#control);
        if (ints[direct] !== 0) { // nobody else is at work
          trap = this.#trapError(0, ints[direct] - 1, error);
          ints[direct] = 0;
          again = false;
          continue;
        }
        trap ??= this.#trapError(0, ints[current] - 1, error);
        ints[current] = 0; // no call from here on: none may be interrupted
        Atomics.sub(ints, left, 1);
      }
    }
    this.#atWork = false;
    this.#checkFinished();
    trap ??= this.#failure();
    if (trap !== undefined) {
      this.#ints[this.#at("failed")] = 0;
      throw trap;
    }
  }

  /** The trap that a worker told of. */
  #failure(): Error | undefined {
    const ints = this.#ints, at = this.#at("failed");
    const failed = Atomics.load(ints, at);
    if (failed === 0) return undefined;
    const from = this.#control + PLACE.message;
    const bytes = new Uint8Array(this.memory.buffer)
      .slice(from, from + ints[this.#at("messageBytes")]);
    const message = new TextDecoder().decode(bytes);
    return this.#trapError(
      failed - 1,
      ints[this.#at("failedCall")],
      new Error(message),
    );
  }

  #trapError(thread: number, id: number, cause: unknown): Error {
    return new Error(
      `the wasm engine expects its function ${
        this.#names[id]
      }() to finish but found on thread ${thread} of ${this.count}: ${
        (cause as Error).message
      }. Restart the kernel; useBackend("wasm", { threads: 1 }) works without threads`,
      { cause },
    );
  }

  /** Views on memory, which is another buffer after it has grown. */
  #look(): void {
    const { buffer } = this.memory;
    if (this.#ints?.buffer === buffer) return;
    this.#ints = new Int32Array(buffer);
    this.#numbers = new Float64Array(buffer);
  }

  #at(name: keyof typeof PLACE): number {
    return (this.#control + PLACE[name]) >>> 2;
  }
}
