/** Interrupts inside the allocator, full memory, threads that end: named errors, no hang. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { randomNormal, type Tf, toTf, useBackend } from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";
import { engineOf, type WasmBackend } from "../../lib/engine/kernels/engine.ts";
import { type Task, Threads } from "../../lib/engine/kernels/threads.ts";

const engine = (tf: Tf) => engineOf(tf.backend() as unknown as WasmBackend);

/** Lets `work` be torn out of the first call of malloc or free, before or after it. */
function torn(
  wasm: WasmBackend["wasm"],
  name: "_malloc" | "_free",
  after: boolean,
  work: () => void,
): void {
  const whole = wasm[name];
  wasm[name] = (value: number) => {
    wasm[name] = whole as () => number;
    if (after) whole(value);
    throw new Error("torn");
  };
  try {
    assertThrows(work, Error, "torn");
  } finally {
    wasm[name] = whole as () => number;
  }
}

/** Fails if an address is given back that is not in use. */
function watchFrees(wasm: WasmBackend["wasm"]): Disposable {
  const { _malloc, _free } = wasm;
  const free = new Set<number>();
  wasm._malloc = (bytes) => {
    const address = _malloc(bytes);
    free.delete(address >>> 0);
    return address;
  };
  wasm._free = (address) => {
    assert(!free.has(address >>> 0), `${address} is given back twice`);
    free.add(address >>> 0);
    _free(address);
  };
  return {
    [Symbol.dispose]: () => void Object.assign(wasm, { _malloc, _free }),
  };
}

Deno.test("an interrupt inside malloc, free or between them leaves no bad address", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const { backend, threads } = engine(tf), { wasm } = backend;
  using _watch = watchFrees(wasm);
  let size = 1;
  const more = 2.1; // than any area has to spare
  const [room] = engine(tf).scratch(64);
  const areas: Record<string, () => void> = {
    scratch: () => {
      const bytes = 2 ** 20 * (size *= more);
      const [address] = engine(tf).scratch(bytes);
      const probe = wasm._malloc(64) >>> 0; // where others may write
      assert(probe < address || probe >= address + bytes);
      wasm._free(probe);
    },
    own: () => void engine(tf).own(2 ** 20 * (size *= more)),
    calls: () => {
      const length = 30 * (size *= more);
      const task: Task = Array.from({ length }, () => [
        ...["clear", room, 64] as const,
      ]);
      threads.run([task, [["clear", room + 64, 0]]]);
    },
  };
  for (const enlarge of Object.values(areas)) {
    size = 1;
    enlarge();
    for (const name of ["_malloc", "_free"] as const) {
      for (const after of [false, true]) {
        torn(wasm, name, after, enlarge);
        size /= more; // what was asked for when it was torn
        enlarge();
      }
    }
  }
  const x = toTf(randomNormal([8, 24, 24, 16], 1)) as tensorflow.Tensor4D;
  const y = tf.tidy(() => tf.square(x).dataSync());
  assert(x.dataSync().every((value, i) => Math.fround(value ** 2) === y[i]));
  x.dispose();
});

Deno.test("an interrupt while a tensor is given back loses it at most", async () => {
  const { tf } = await useBackend("wasm", { threads: 1 });
  const { backend } = engine(tf);
  using _watch = watchFrees(backend.wasm);
  for (const after of [false, true]) {
    const x = tf.ones([1000]);
    torn(backend.wasm, "_free", after, () => backend.disposeData(x.dataId));
    assert(backend.disposeData(x.dataId)); // as the end of a torn scope does
    x.dispose();
  }
});

Deno.test("nothing is given back while threads are at work for an interrupted cell", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const { threads, backend: { wasm } } = engine(tf), bytes = 1 << 22;
  const witness = wasm._malloc(bytes) >>> 0;
  const tasks: Task[] = Array.from(
    { length: 40 },
    () =>
      Array.from(
        { length: 200 },
        () => [...["clear", witness, bytes] as const],
      ),
  );
  Object.assign(globalThis, { job: () => threads.run(tasks) });
  const givesBack: Record<string, () => unknown> = {
    scratch: () => engine(tf).scratch(1 << 27),
    tensor: ((x) => () => x.dispose())(tf.ones([1000])),
    "fewer threads": () => useBackend("wasm", { threads: 1 }),
  };
  engine(tf).own(bytes);
  for (const [name, giveBack] of Object.entries(givesBack)) {
    assertThrows(
      () => runInThisContext("job()", { timeout: 50 }),
      Error,
      "timed out",
    );
    await giveBack();
    const numbers = new Uint8Array(wasm.HEAPU8.buffer, witness, bytes).fill(7);
    await new Promise((done) => setTimeout(done, 300));
    assert(numbers.every((number) => number === 7), `${name}: still at work`);
  }
  wasm._free(witness);
});

Deno.test("an interrupt while memory grows does not hide what lies in the new part", async () => {
  const { tf } = await useBackend("wasm", { threads: 1 });
  const { wasm } = engine(tf).backend;
  const before = wasm.HEAPU8;
  const x = tf.ones([before.length / 4]); // grows it
  wasm.HEAPU8 = before; // tfjs was torn before it looked
  const y = tf.tensor1d([1, 2, 3]), z = tf.fill([before.length / 4], 2);
  assertEquals([...y.dataSync()], [1, 2, 3]);
  assertEquals(z.dataSync().at(-1), 2);
  tf.dispose([x, y, z]);
});

Deno.test("a trap in a kernel of TensorFlow.js is named, with the remedy", async () => {
  const { tf } = await useBackend("wasm", { threads: 1 });
  const { backend } = engine(tf);
  const x = backend.makeOutput.call(
    ...[backend, [1000], "float32", 2 ** 32 - 64] as unknown as [
      WasmBackend,
      number[],
      "float32",
    ],
  );
  const { message } = assertThrows(
    () => tf.engine().runKernel("Exp", { x: x as tensorflow.Tensor }),
    Error,
  );
  assert(/expects Exp .*out of bounds.*restart the kernel/.test(message));
});

const config = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What a program of its own prints; it has to end by itself, in time. */
async function program(code: string): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, code],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  assert(success, text.decode(stdout) + text.decode(stderr));
  return text.decode(stdout).trim().split("\n");
}

Deno.test("full memory ends in an error that says so, and there is room again after it", async () => {
  const told = await program(`import { useBackend } from "cnn";
    const { tf } = await useBackend("wasm", { threads: 2 });
    const { wasm } = tf.backend();
    const most = [];
    for (let bytes = 2 ** 30; bytes >= 2 ** 16; bytes /= 2) {
      try { for (;;) most.push(wasm._malloc(bytes)); } catch (error) {
        if (!error.message.includes("found none left")) throw error;
      }
    }
    const filter = tf.ones([1, 1, 8, 8]);
    const steps = {
      ours: () => tf.conv2d(tf.ones([1, 8, 8, 8]), filter, 1, "same"),
      tfjs: () => tf.exp(tf.ones([64])),
      large: () => tf.ones([2 ** 29]),
      numbers: () => tf.tensor1d(new Float32Array(64)),
    };
    for (const step of Object.values(steps)) {
      let told = "";
      const kept = [];
      try { for (;;) kept.push(step()); } catch (error) { told = error.message; }
      console.log(told.replace(/[0-9]+ bytes/, "N bytes"));
      tf.dispose(kept);
    }
    most.forEach((address) => wasm._free(address));
    console.log(tf.tidy(() => steps.ours().sum().dataSync()[0]));`);
  const error =
    "the wasm engine expects memory for N bytes but found none left (4 GB at most, 2 GB in one piece): use smaller batches, or dispose tensors";
  assertEquals(told, [error, error, error, error, "4096"]);
});

Deno.test("scratch of many threads is given back when there are fewer", async () => {
  const told = await program(`import { useBackend } from "cnn";
    const { tf } = await useBackend("wasm", { threads: 1 });
    const { wasm } = tf.backend();
    const work = () => tf.tidy(() =>
      tf.conv2d(tf.ones([8, 32, 32, 64]), tf.ones([3, 3, 64, 64]), 1, "same").dataSync());
    work();
    const one = wasm.HEAPU8.length;
    await useBackend("wasm", { threads: 32 });
    work();
    const many = wasm.HEAPU8.length;
    await useBackend("wasm", { threads: 2 });
    wasm._malloc((many - one) * 0.8);
    console.log(many > one, wasm.HEAPU8.length === many);`);
  assertEquals(told, ["true true"]);
});

Deno.test({
  name: "a worker that is terminated takes its threads with it",
  ignore: Deno.build.os !== "linux", // elsewhere nothing counts threads
  async fn() {
    const worker = `import { useBackend } from "cnn";
      const { tf } = await useBackend("wasm", { threads: 3 });
      tf.tidy(() => tf.ones([400, 400]).add(1).sum().dataSync());
      self.postMessage("ready");`;
    const folder = await Deno.makeTempDir({
      dir: fileURLToPath(new URL(".", import.meta.url)),
    });
    try {
      await Deno.writeTextFile(`${folder}/worker.ts`, worker);
      const told = await program(`
        const isWorker = ({ name }) => {
          try {
            return Deno.readTextFileSync(\`/proc/self/task/\${name}/comm\`).startsWith("worker-");
          } catch (error) {
            if (error instanceof Deno.errors.NotFound) return false; // it ended since it was listed
            throw error;
          }
        };
        const workers = () => [...Deno.readDirSync("/proc/self/task")].filter(isWorker).length;
        const worker = new Worker("file://${folder}/worker.ts", { type: "module" });
        await new Promise((ready) => worker.onmessage = ready);
        console.log(workers());
        worker.terminate();
        for (let turn = 0; workers() > 0 && turn < 200; turn++) {
          await new Promise((done) => setTimeout(done, 100));
        }
        console.log(workers());`);
      assertEquals(told, ["3", "0"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A pool in memory of its own whose binary is `start` and `work` alone. */
function poolOf(
  start: number[],
  work: number[],
  patience?: number,
): Threads {
  const section = (id: number, bytes: number[]) => [id, bytes.length, ...bytes];
  const text = (name: string) => [
    ...[name.length, ...new TextEncoder().encode(name)],
  ];
  const body = (code: number[]) => [code.length + 2, 0, ...code, 0x0b];
  const code = [...body(start), ...body(work)];
  const module = new WebAssembly.Module(
    new Uint8Array([
      ...[0, 97, 115, 109, 1, 0, 0, 0],
      ...section(1, [2, 0x60, 0, 0, 0x60, 2, 127, 127, 1, 127]),
      ...section(2, [
        1,
        ...text("env"),
        ...text("memory"),
        2,
        3,
        1,
        128,
        128,
        4,
      ]),
      ...section(3, [2, 0, 1]),
      ...section(7, [1, ...text("work"), 0, 1]),
      ...section(8, [0]),
      ...section(10, [2, ...code]),
    ]),
  );
  const memory = new WebAssembly.Memory({
    ...{ initial: 256, maximum: 65536 },
    shared: true,
  });
  return new Threads(
    memory,
    module,
    {} as Threads["exports"],
    { _malloc: () => CONTROL, _free: () => {} },
    patience,
  );
}

const CONTROL = 65536;

// (if (i32.eq (i32.atomic.rmw.add (i32.const 64) (i32.const 1)) (i32.const 1)) (unreachable))
const SECOND_FAILS = [0x41, 64 + 128, 0, 0x41, 1, 0xfe, 0x1e, 2, 0].concat(
  [0x41, 1, 0x46, 0x04, 0x40, 0x00, 0x0b],
);
/** Until the next job, the first being 1: (drop (memory.atomic.wait32 offset=128 (local.get 0) (i32.const 1) (i64.const ..))) */
const sleep = (nanoseconds: number[]) =>
  [0x20, 0, 0x41, 1, 0x42, ...nanoseconds].concat(
    [0xfe, 0x01, 2, 128, 1, 0x1a],
  );
// For ever, whatever happens at the control block's places but the first.
const IGNORES = [0x20, 0, 0x41, 0, 0x42, 0x7f, 0xfe, 0x01, 2, 0, 0x1a, 0x41, 0];
const SLEEPS = [...sleep([0x7f]), 0x41, 0]; // for ever; (i32.const 0)
const DIES = [...sleep([0x80, 0xc6, 0x86, 0x8f, 1]), 0x00]; // 0.3 s; (unreachable)

Deno.test("threads of which one does not start: a named error, and none is left", async () => {
  const threads = poolOf(SECOND_FAILS, SLEEPS);
  await assertRejects(
    () => threads.start(3),
    Error,
    "expects 3 threads to start but found: ",
  );
  assertEquals(threads.count, 1);
  await threads.start(1);
});

Deno.test("a thread that ends by itself is named at the next job, and nobody waits for it", async () => {
  const threads = poolOf([], DIES);
  await threads.start(2);
  const job: Task[] = [[["clear", 0, 0]], [["clear", 0, 0]]];
  let message = "";
  for (let turn = 0; !message.includes("one ended"); turn++) {
    assert(turn < 500, `it is not named: ${message}`);
    await new Promise((done) => setTimeout(done, 10));
    message = assertThrows(() => threads.run(job), Error).message;
  }
  assert(
    /expects 2 threads .*unreachable.*Call useBackend/.test(message),
    message,
  );
  await threads.stop();
  assertEquals(threads.count, 1);
});

Deno.test("a thread that does not end: a named error instead of a wait for ever", async () => {
  const threads = poolOf([], IGNORES, 1);
  await threads.start(2);
  await assertRejects(
    () => threads.stop(),
    Error,
    "expects its threads to end but found: one does not end within 2 s",
  );
  // It wakes after all, and the next try ends it.
  const ints = new Int32Array(threads.memory.buffer);
  while (Atomics.notify(ints, CONTROL / 4) === 0) {
    await new Promise((done) => setTimeout(done, 10));
  }
  await threads.stop();
  assertEquals(threads.count, 1);
});

/** A thread of nobody's that takes a task and is not heard of again. */
async function thief(
  memory: WebAssembly.Memory,
  control: number,
): Promise<Worker> {
  const worker = new Worker(
    `const { parentPort, workerData: { memory, at } } = require("node:worker_threads");
    const ints = new Int32Array(memory.buffer);
    parentPort.postMessage("ready");
    while (Atomics.load(ints, at) <= 0 || Atomics.sub(ints, at, 1) <= 0);`,
    { eval: true, workerData: { memory, at: control / 4 } },
  );
  await new Promise<void>((ready) => worker.once("message", () => ready()));
  return worker;
}

for (const how of ["run", "sequence"] as const) {
  Deno.test(`a task that nobody finishes: ${how}() throws, and the next start() mends it`, async () => {
    const { tf } = await useBackend("wasm", { threads: 1 });
    const { memory, module, exports, allocator } = engine(tf).threads;
    const rooms: number[] = [];
    const room = (bytes: number) => {
      rooms.push(allocator._malloc(bytes) >>> 0);
      return rooms.at(-1)!;
    };
    const pool = new Threads(
      memory,
      module,
      exports,
      { ...allocator, _malloc: room },
      1,
    );
    const control = Math.ceil(rooms[0] / 64) * 64;
    const bytes = 1 << 16, count = 64, tasks: Task[] = [];
    const numbers = room(count * bytes), lists = room(1 << 20);
    for (let i = 0; i < count; i++) {
      tasks.push([["clear", numbers + i * bytes, bytes]]);
    }
    // A list of two jobs, as a recording writes it.
    const calls = Math.ceil(lists / 64) * 64;
    const starts = calls + (1 << 18), jobs = calls + (1 << 19);
    pool.write(tasks, calls, starts);
    new Int32Array(memory.buffer, jobs, 6).set(
      [0, count, starts, 0, count, starts],
    );
    const work = () =>
      how === "run" ? pool.run(tasks) : pool.sequence(jobs, 2, 0);
    const cleared = () => {
      const all = new Uint8Array(memory.buffer, numbers, count * bytes);
      all.fill(1);
      work();
      return all.every((byte) => byte === 0);
    };
    try {
      await pool.start(2);
      assert(cleared());
      const gone = await thief(memory, control);
      let message = "";
      for (let turn = 0; message === ""; turn++) {
        assert(turn < 10_000, "the thief takes none");
        try {
          work();
        } catch (error) {
          message = (error as Error).message;
        }
      }
      assert(
        message.startsWith(
          "the wasm engine expects its 2 threads to finish their tasks but found that none was finished for 2 seconds, with 1 to finish",
        ) && message.includes("Restart the kernel"),
        message,
      );
      assertEquals(assertThrows(work, Error).message, message);
      await gone.terminate();
      await pool.start(2);
      assert(cleared());
    } finally {
      await pool.stop();
      rooms.forEach((address) => allocator._free(address));
    }
  });
}
