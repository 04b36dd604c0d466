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
import { Worker } from "node:worker_threads";
import type * as calls from "./calls.ts";

/** A function's name and its numbers in their order. */
export type Call = ReturnType<(typeof calls)[keyof typeof calls]>;

/** The functions of the binary by their names. */
export type Binary = {
  [C in Call as C[0]]: (
    ...numbers: C extends readonly [string, ...infer Numbers] ? Numbers : never
  ) => number | void;
};

/** A task: calls one after the other, on one thread. */
export type Task = Call[];

/**
 * OWN + 16 means byte 16 of the scratch of whichever thread takes the task. Only
 * tasks know such addresses.
 */
export const OWN = 2 ** 40;

/** The pool's own functions in the binary. */
interface Pool {
  publish(control: number, count: number): void;
  join(control: number): void;
  abandon(control: number): void;
}

/** What we use of tfjs's allocator. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
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
  failed: 320, // 1 + the thread whose trap is told, 0 for none
  failedCall: 324,
  messageBytes: 328,
  message: 332, // up to 128 bytes
  current: 512,
  starts: 8192,
};
const MAX_TASKS = 256;
const CALL_BYTES = 192;
const CONTROL_BYTES = PLACE.starts + 4 * (MAX_TASKS + 1);

/** The most threads that the control block has room for. */
export const MAX_THREADS = 64;

/** Looks at memory that often, some 20 microseconds, before a thread sleeps. */
const SPINS = 20_000;

const POOL = ["abandon", "join", "publish", "work"];

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
 * A trap is told and its task counted as finished, so that nobody waits for it.
 */
function live(
  { parentPort, workerData }: {
    parentPort: { postMessage(message: string): void };
    workerData: WorkerData;
  },
): void {
  const { module, memory, control, thread, place } = workerData;
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const work = instance.exports.work as (...numbers: number[]) => void;
  parentPort.postMessage("ready");
  for (let alive = true; alive;) {
    try {
      work(control, thread);
      alive = false;
    } catch (error) {
      const ints = new Int32Array(memory.buffer);
      const at = (name: keyof typeof place) => (control + place[name]) >>> 2;
      const current = at("current") + thread * 16;
      if (ints[current] === 0) throw error; // no task of ours
      if (Atomics.compareExchange(ints, at("failed"), 0, thread + 1) === 0) {
        ints[at("failedCall")] = ints[current] - 1;
        const text = new TextEncoder().encode((error as Error).message);
        const bytes = text.subarray(0, 128);
        new Uint8Array(memory.buffer).set(bytes, control + place.message);
        ints[at("messageBytes")] = bytes.length;
      }
      ints[current] = 0;
      const last = Atomics.sub(ints, at("left"), 1) === 1;
      if (last) Atomics.notify(ints, at("left"));
    }
  }
}

const WORKER =
  `(${live})(require("node:worker_threads")); require("node:process").exit();`;

/** The threads of one backend; without start() there is one, the caller. */
export class Threads {
  #workers: Worker[] = [];
  #names: string[];
  #ids: Map<string, number>;
  #control: number;
  #calls = 0; // address and room of the calls of a job
  #callsBytes = 0;
  #own = 0; // scratch of the caller
  #ints!: Int32Array;
  #numbers!: Float64Array;
  #atWork = false;

  constructor(
    readonly memory: WebAssembly.Memory,
    readonly module: WebAssembly.Module,
    readonly exports: Binary & Pool,
    readonly allocator: Allocator,
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

  /** Has `count` threads from here on, ready to work. */
  async start(count: number): Promise<void> {
    if (count === this.count) return;
    await this.stop();
    const { module, memory } = this;
    const control = this.#control;
    this.#look();
    Atomics.store(this.#ints, this.#at("stop"), 0);
    Atomics.store(this.#ints, this.#at("spins"), SPINS);
    const workers = Array.from({ length: count - 1 }, (_, i) => {
      const workerData: WorkerData = {
        ...{ module, memory, control, place: PLACE },
        thread: i + 1,
      };
      return new Worker(WORKER, { eval: true, workerData });
    });
    await Promise.all(
      workers.map((worker) =>
        new Promise<void>((ready, fail) => {
          worker.once("message", () => ready());
          worker.once("error", fail);
        })
      ),
    );
    for (const worker of workers) worker.unref();
    this.#workers = workers;
  }

  /** Ends all threads but the caller. */
  async stop(): Promise<void> {
    const workers = this.#workers;
    if (workers.length === 0) return;
    this.#workers = [];
    const ended = workers.map((worker) =>
      new Promise<void>((end) => worker.once("exit", () => end()))
    );
    for (const worker of workers) worker.ref();
    // terminate() does not wake a thread that sleeps in WebAssembly.
    this.#look();
    Atomics.store(this.#ints, this.#at("stop"), 1);
    Atomics.add(this.#ints, this.#at("epoch"), 1);
    Atomics.notify(this.#ints, this.#at("epoch"));
    await Promise.all(ended);
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
   * @throws {Error} A call went beyond memory, or failed otherwise.
   */
  run(tasks: readonly Task[]): void {
    if (this.#atWork) { // an interrupt tore us out of the last job
      this.exports.abandon(this.#control);
      this.#atWork = false;
    }
    if (this.#workers.length === 0 || tasks.length < 2) {
      for (const task of tasks) for (const call of task) this.call(call);
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

  /** Does one call here and at once; what the function returns. */
  call([name, ...numbers]: Call): number {
    const f = this.exports[name] as (...numbers: number[]) => number;
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] >= OWN) numbers[i] += this.#own - OWN;
    }
    try {
      return f(...numbers);
    } catch (error) {
      throw this.#trapError(0, this.#ids.get(name)!, error);
    }
  }

  /** Writes the calls into memory. */
  #write(tasks: readonly Task[]): void {
    let calls = 0;
    for (const task of tasks) calls += task.length;
    if (calls * CALL_BYTES > this.#callsBytes) this.#makeRoom(2 * calls);
    this.#look();
    const ints = this.#ints, numbers = this.#numbers;
    const starts = this.#at("starts");
    let at = this.#calls;
    ints[starts] = at;
    for (let i = 0; i < tasks.length; i++) {
      for (const call of tasks[i]) {
        const to = at / 8;
        numbers[to] = this.#ids.get(call[0])!;
        for (let k = 1; k < call.length; k++) {
          numbers[to + k] = call[k] as number;
        }
        at += CALL_BYTES;
      }
      ints[starts + i + 1] = at;
    }
  }

  #finish(count: number): void {
    this.#atWork = true;
    this.exports.publish(this.#control, count);
    let trap: unknown;
    for (let again = true; again;) {
      try {
        this.exports.join(this.#control);
        again = false;
      } catch (error) { // counted as finished; the other tasks go on
        const current = this.#at("current");
        trap ??= this.#trapError(0, this.#ints[current] - 1, error);
        this.#ints[current] = 0;
        Atomics.sub(this.#ints, this.#at("left"), 1);
      }
    }
    this.#atWork = false;
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

  #makeRoom(calls: number): void {
    if (this.#callsBytes > 0) this.allocator._free(this.#calls);
    this.#callsBytes = calls * CALL_BYTES;
    this.#calls = this.allocator._malloc(this.#callsBytes) >>> 0;
    if (this.#calls === 0) {
      this.#callsBytes = 0;
      throw new Error(
        "the wasm engine expects memory for its tasks but found none left: use smaller batches, or dispose tensors",
      );
    }
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
