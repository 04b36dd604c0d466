import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Architecture,
  cifarResnet,
  layers,
  lenet,
  network,
  randomNormal,
  randomUniform,
  smallVgg,
  smallVit,
  type Tf,
  tfTrainer,
  toLayersModel,
  toTf,
  useBackend,
} from "cnn";
import type * as tensorflow from "@tensorflow/tfjs";
import { engineOf, type WasmBackend } from "../../lib/engine/kernels/engine.ts";
import { withSharedMemory } from "../../lib/engine/kernels/shared_memory.ts";
import type { Task } from "../../lib/engine/kernels/threads.ts";

const engine = (tf: Tf) => engineOf(tf.backend() as unknown as WasmBackend);

/** The bits of numbers: NaN, -0 and the last digit count. */
const bits = (
  values: Float32Array,
) => [...new Uint32Array(values.slice().buffer)];

/** The same computation on 1, 2 and 4 threads; each must give the same bits. */
async function assertSameBits(
  what: string,
  compute: (tf: Tf) => Promise<Float32Array[]> | Float32Array[],
): Promise<void> {
  let expected: number[][] | undefined;
  for (const threads of [1, 2, 4]) {
    const { tf, threads: found } = await useBackend("wasm", { threads });
    assertEquals(found, threads);
    const values = (await compute(tf)).map(bits);
    expected ??= values;
    values.forEach((array, i) =>
      assert(
        array.every((value, k) => value === expected![i][k]),
        `${what}: array ${i} has other bits on ${threads} threads`,
      )
    );
  }
}

/** Five steps of training: all losses and all weights. */
async function trained(architecture: Architecture, batch: number) {
  const model = toLayersModel(architecture, { seed: 1 });
  const trainer = tfTrainer(model, { learningRate: 0.01 });
  const images = randomUniform([batch, ...architecture.inputShape], 1);
  const labels = Uint8Array.from({ length: batch }, (_, i) => i % 10);
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) {
    losses.push((await trainer.step(images, labels)).loss);
  }
  const values = [
    Float32Array.from(losses),
    (await trainer.logits(images)).data as Float32Array,
    ...model.getWeights().map((weight) =>
      weight.dataSync().slice() as Float32Array
    ),
  ];
  trainer.dispose();
  model.dispose();
  assert(losses.every(Number.isFinite) && losses[0] !== losses[4]);
  return values;
}

/** Groups of several channels, of one, and with a stride. */
const grouped = network("grouped", [20, 19, 8], [
  layers.conv2d({ filters: 24, kernelSize: 3, padding: "same", groups: 4 }),
  layers.relu(),
  layers.conv2d({ filters: 24, kernelSize: 3, padding: "same", groups: 24 }),
  layers.relu(),
  layers.conv2d({ filters: 16, kernelSize: 5, strides: 2, groups: 2 }),
  layers.globalAvgPool2d(),
  layers.dense({ units: 10 }),
]);

for (
  const [name, architecture, batch] of [
    ["LeNet", lenet(), 64],
    ["LeNet, an odd batch", lenet(), 37],
    ["small VGG", smallVgg(), 32],
    ["ResNet-8 with batch normalisation", cifarResnet(8), 20],
    ["grouped convolutions", grouped, 24],
    ["small ViT", smallVit({ heads: 4 }), 40],
  ] as const
) {
  Deno.test(`training has the same bits on 1, 2 and 4 threads: ${name}`, () =>
    assertSameBits(name, () => trained(architecture, batch)));
}

Deno.test("two networks trained in turn have the bits of each alone, on 1, 2 and 4 threads", () =>
  assertSameBits("both", async () => {
    const nets = [[lenet(), 16], [cifarResnet(8), 8]] as const;
    const start = () =>
      nets.map(([architecture, batch]) => {
        const model = toLayersModel(architecture, { seed: 1 });
        const images = randomUniform([batch, ...architecture.inputShape], 1);
        const labels = Uint8Array.from({ length: batch }, (_, i) => i % 10);
        const trainer = tfTrainer(model, { learningRate: 0.01 });
        return {
          step: async () => (await trainer.step(images, labels)).loss,
          weights: () => model.getWeights().map((w) => w.dataSync().slice()),
          end: () => [trainer, model].forEach((one) => one.dispose()),
        };
      });
    const alone = start(), inTurn = start();
    const losses: number[][] = [[], [], [], []];
    for (const [i, net] of alone.entries()) {
      for (let step = 0; step < 4; step++) losses[i].push(await net.step());
    }
    for (let step = 0; step < 4; step++) {
      for (const [i, net] of inTurn.entries()) {
        losses[2 + i].push(await net.step());
      }
    }
    const found = [...alone, ...inTurn].map((net, i) => [
      Float32Array.from(losses[i]),
      ...net.weights() as Float32Array[],
    ]);
    [...alone, ...inTurn].forEach((net) => net.end());
    assertEquals(found[2].map(bits), found[0].map(bits));
    assertEquals(found[3].map(bits), found[1].map(bits));
    return found.flat();
  }));

Deno.test("Adam's weights have the same bits on 1, 2 and 4 threads", () =>
  assertSameBits("adam", (tf) => {
    const sizes = [1, 3, 8191, 8193, 300_001];
    const weights = sizes.map((size, i) =>
      tf.variable(toTf(randomNormal([size], i)) as tensorflow.Tensor)
    );
    const optimizer = tf.train.adam(0.01);
    for (let step = 0; step < 4; step++) {
      optimizer.minimize(
        () => tf.addN(weights.map((weight) => weight.sin().square().sum())),
        false,
        weights,
      );
    }
    const found = weights.map((weight) =>
      weight.dataSync().slice() as Float32Array
    );
    optimizer.dispose();
    tf.dispose(weights);
    return found;
  }));

Deno.test("layers have the same bits on 1, 2 and 4 threads, and so do their gradients", async () => {
  const random = (shape: number[], seed: number) =>
    toTf(randomNormal(shape, seed)) as tensorflow.Tensor4D;
  const works: Record<string, (tf: Tf) => tensorflow.Tensor[]> = {
    "3x3 convolution of one large image": (tf) => {
      const x = random([1, 61, 59, 24], 1), filter = random([3, 3, 24, 40], 2);
      const y = tf.conv2d(x, filter, 1, "same");
      const { grads } = tf.valueAndGrads((x, filter) =>
        tf.conv2d(
          x as tensorflow.Tensor4D,
          filter as tensorflow.Tensor4D,
          1,
          "same",
        ).square().sum()
      )([x, filter]);
      return [y, ...grads];
    },
    "strided convolution": (tf) => {
      const x = random([9, 33, 31, 6], 1), filter = random([5, 3, 6, 10], 2);
      const { value, grads } = tf.valueAndGrads((x, filter) =>
        tf.conv2d(
          x as tensorflow.Tensor4D,
          filter as tensorflow.Tensor4D,
          2,
          "same",
        ).square().sum()
      )([x, filter]);
      return [value, ...grads];
    },
    "depthwise convolution": (tf) => {
      const x = random([8, 28, 28, 16], 1), filter = random([3, 3, 16, 2], 2);
      const { value, grads } = tf.valueAndGrads((x, filter) =>
        tf.depthwiseConv2d(
          x as tensorflow.Tensor4D,
          filter as tensorflow.Tensor4D,
          1,
          "valid",
        ).square().sum()
      )([x, filter]);
      return [value, ...grads];
    },
    "depthwise convolutions of one image and of many": (tf) => {
      const filter = random([3, 3, 18, 1], 2);
      return [[1, 63, 61, 18], [37, 15, 14, 18]].flatMap((shape) => {
        const x = random(shape, 1);
        return ([1, 2] as const).map((stride) =>
          tf.depthwiseConv2d(x, filter, stride, "same")
        );
      });
    },
    "pooling of one image and of many": (tf) =>
      [[1, 63, 61, 18], [37, 28, 27, 6], [9, 33, 31, 3]].flatMap((shape) => {
        const x = random(shape, 1);
        return [tf.maxPool, tf.avgPool].flatMap((pool) => [
          pool(x, 2, 2, "valid"),
          pool(x, 3, 2, "same"),
        ]);
      }),
    "dense on [N, T, d] and attention": (tf) => {
      const dense = (seed: number) => random([48, 48], seed).asType("float32");
      const x = random([16, 50, 48], 1);
      const { value, grads } = tf.valueAndGrads((x, q, k, v) => {
        const on = (w: tensorflow.Tensor) =>
          tf.matMul(x.reshape([16 * 50, 48]), w as tensorflow.Tensor2D)
            .reshape([16, 50, 48]) as tensorflow.Tensor3D;
        const weights = tf.softmax(tf.matMul(on(q), on(k), false, true));
        return tf.matMul(weights, on(v)).square().mean();
      })([x, dense(2), dense(3), dense(4)]);
      return [value, ...grads];
    },
    "sums and means": (tf) => {
      const x = random([40, 30, 31, 7], 1);
      return [
        ...[tf.sum(x, [0, 1, 2]), tf.mean(x, [1, 2])],
        tf.grad((x) => tf.mean(x, [1, 2]).square())(x),
      ];
    },
  };
  for (const [name, work] of Object.entries(works)) {
    await assertSameBits(
      name,
      (tf) =>
        tf.tidy(() =>
          work(tf).map((tensor) => tensor.dataSync().slice() as Float32Array)
        ),
    );
  }
});

Deno.test("a trap on a thread ends in an error that names it, and the threads go on", async () => {
  const { tf } = await useBackend("wasm", { threads: 4 });
  const { threads } = engine(tf);
  // Every thread runs into it, the caller too: clearing 64 KB at memory's very end.
  const beyond: Task[] = Array.from({ length: 64 }, () => [
    ["clear", 2 ** 32 - 4096, 65536],
  ]);
  for (let round = 0; round < 20; round++) {
    const error = assertThrows(() => threads.run(beyond), Error);
    assert(error.message.includes("its function clear()"), error.message);
    assert(
      /on thread \d of 4: .*(out of bounds|memory)/.test(error.message),
      error.message,
    );
  }
  const sum = tf.tidy(() => tf.ones([64, 64, 64]).sum([0, 1]).dataSync());
  assertEquals([...sum], Array(64).fill(4096));
});

Deno.test("a trap on a worker alone is told by the caller", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const { threads } = engine(tf);
  const room = engine(tf).scratch(1 << 22)[0];
  // The caller has something to do for long enough that the worker meets the trap.
  let told = false;
  for (let round = 0; round < 200 && !told; round++) {
    const tasks: Task[] = [
      [["clear", 2 ** 32 - 4096, 65536]],
      Array.from({ length: 50 }, () => ["clear", room, 1 << 22] as const).map(
        (call) => [...call],
      ),
    ];
    const { message } = assertThrows(() => threads.run(tasks), Error);
    told = message.includes("on thread 1 of 2");
  }
  assert(told, "no worker took the task in 200 rounds");
});

Deno.test("training goes on, with the same bits, after interrupts at any moment", async () => {
  const { tf } = await useBackend("wasm", { threads: 4 });
  const expected = (await trained(lenet(), 8)).map(bits);
  const x = toTf(randomNormal([8, 20, 20, 16], 1)) as tensorflow.Tensor4D;
  const filter = toTf(randomNormal([3, 3, 16, 16], 2)) as tensorflow.Tensor4D;
  const forever = () => {
    for (;;) {
      tf.tidy(() =>
        tf.grad((x) =>
          tf.conv2d(x as tensorflow.Tensor4D, filter, 1, "same").relu()
        )(x)
      );
    }
  };
  // A kernel's interrupt ends a computation as this time limit does.
  Object.assign(globalThis, { forever });
  for (let turn = 0; turn < 20; turn++) {
    await useBackend("wasm"); // as a cell that is run again begins
    assertThrows(
      () => runInThisContext("forever()", { timeout: 50 + turn }),
      Error,
      "timed out",
    );
    if (turn % 4 === 0) {
      const found = (await trained(lenet(), 8)).map(bits);
      assertEquals(found, expected, `after ${turn + 1} interrupts`);
    }
  }
  tf.dispose([x, filter]);
});

Deno.test("an interrupt between two tiny tasks loses none, and nobody waits for it for ever", async () => {
  // In a program of its own: a wait without end cannot be ended from inside.
  const engineFile = new URL(
    "../../lib/engine/kernels/engine.ts",
    import.meta.url,
  );
  const told = await program(`import { runInThisContext } from "node:vm";
    import { useBackend } from "cnn";
    import { engineOf } from "${engineFile}";
    const { tf } = await useBackend("wasm", { threads: 2 });
    const engine = engineOf(tf.backend()), bytes = 4096, count = 16;
    const [room] = engine.scratch(count * bytes);
    const tasks = Array.from({ length: count }, (_, i) =>
      [["clear", room + i * bytes, bytes]]);
    globalThis.forever = () => { for (;;) engine.threads.run(tasks); };
    let interrupts = 0;
    for (let turn = 0; turn < 1000; turn++) {
      try {
        runInThisContext("forever()", { timeout: 1 + turn % 3 });
      } catch (error) {
        if (error.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
        interrupts++;
      }
      engine.threads.run(tasks);
    }
    console.log(interrupts);`);
  assertEquals(told, "1000");
});

Deno.test("threads sleep when there is nothing to do", async () => {
  const { tf } = await useBackend("wasm", { threads: 4 });
  tf.tidy(() => tf.ones([256, 256, 16]).add(1).sum().dataSync());
  const { threads } = engine(tf);
  for (let turn = 0; threads.sleeping < 3; turn++) {
    assert(turn < 500, `${threads.sleeping} of 3 workers sleep`);
    await new Promise((done) => setTimeout(done, 10));
  }
});

Deno.test("results stay right while memory grows under threads at work", async () => {
  const { tf } = await useBackend("wasm", { threads: 4 });
  const bytes = () => engine(tf).backend.wasm.HEAPU8.length;
  const kept: tensorflow.Tensor[] = [], before = bytes();
  const x = toTf(randomNormal([8, 24, 24, 16], 1)) as tensorflow.Tensor4D;
  const filter = toTf(randomNormal([3, 3, 16, 16], 2)) as tensorflow.Tensor4D;
  const convolved = () => {
    const y = tf.conv2d(x, filter, 1, "same");
    kept.push(y);
    return bits(y.dataSync() as Float32Array);
  };
  const expected = convolved();
  // Other tests may have left much of it free: a tenth of it at a time, then some.
  const tenth = Math.ceil(before / 4 / 10);
  for (let round = 0; round < 12; round++) {
    kept.push(tf.ones([tenth]));
    assertEquals(convolved(), expected, `round ${round}`);
  }
  assert(bytes() > before, "memory did not grow");
  tf.dispose([x, filter, ...kept]);
});

Deno.test("2,000 steps on threads keep memory as it is", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const architecture = lenet({ inputShape: [16, 16, 1] });
  const model = toLayersModel(architecture, { seed: 1 });
  const trainer = tfTrainer(model);
  const images = randomUniform([8, ...architecture.inputShape], 1);
  const labels = Uint8Array.from({ length: 8 }, (_, i) => i);
  const state = () => [
    tf.memory().numTensors,
    engine(tf).backend.wasm.HEAPU8.length,
  ];
  for (let step = 0; step < 20; step++) await trainer.step(images, labels);
  const before = state();
  for (let step = 0; step < 2000; step++) await trainer.step(images, labels);
  assertEquals(state(), before);
  trainer.dispose();
  model.dispose();
});

Deno.test("useBackend() refuses threads that cannot be", async () => {
  for (const threads of [0, 65, 1.5, NaN, "2"]) {
    const error = await assertRejects(
      () => useBackend("wasm", { threads: threads as number }),
      RangeError,
    );
    assert(
      error.message.includes("threads to be a whole number from 1 to 64"),
      error.message,
    );
  }
  await assertRejects(
    () => useBackend("cpu", { threads: 2 }),
    TypeError,
    'expects threads only for "wasm" but found them for "cpu"',
  );
  await assertRejects(
    () => useBackend("wasm", { thread: 2 } as object),
    TypeError,
    'only the options threads but found "thread"',
  );
});

Deno.test("useBackend() keeps the number of threads until another is asked for", async () => {
  assertEquals((await useBackend("wasm", { threads: 3 })).threads, 3);
  assertEquals((await useBackend("wasm")).threads, 3);
  assertEquals((await useBackend("cpu")).threads, 1);
  assertEquals((await useBackend("wasm")).threads, 3);
  assertEquals((await useBackend("wasm", { threads: 1 })).threads, 1);
});

/** What a program of its own prints; it has to end by itself, in time. */
async function program(code: string, limit = 60): Promise<string> {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, code],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(limit * 1000),
  }).output();
  const text = new TextDecoder();
  assert(success, text.decode(stdout) + text.decode(stderr));
  return text.decode(stdout).trim();
}

const computed = `const y = tf.matMul(tf.ones([256, 256]), tf.ones([256, 256]));
  console.log(threads, y.dataSync()[0], reason);`;

Deno.test("a program with threads ends by itself", async () => {
  assertEquals(
    await program(`import { useBackend } from "cnn";
      const { tf, threads, reason } = await useBackend("wasm", { threads: 4 });
      ${computed}`),
    "4 256 asked for",
  );
});

Deno.test("useBackend() falls back to one thread, with one line, without shared memory", async () => {
  assertEquals(
    await program(`delete globalThis.SharedArrayBuffer;
      const { useBackend } = await import("cnn");
      await useBackend("wasm");
      const { tf, threads, reason } = await useBackend("wasm", { threads: 4 });
      ${computed}`),
    'useBackend("wasm") computes on one thread: this JavaScript has no SharedArrayBuffer\n' +
      "1 256 asked for; one thread: this JavaScript has no SharedArrayBuffer",
  );
});

Deno.test("useBackend() falls back to one thread on another build of tfjs", async () => {
  // A byte of the memory's limits differs, as it may in another version.
  const printed = await program(`const read = Deno.readFile;
    Deno.readFile = async (path, options) => {
      const bytes = await read(path, options);
      if (!String(path).endsWith("wasm-simd.wasm")) return bytes;
      const limits = [5, 7, 1, 1, 128, 2, 128, 128, 4]; // the section of memories
      const at = bytes.findIndex((_, i) => limits.every((b, k) => bytes[i + k] === b));
      if (at < 0) throw new Error("no such section");
      bytes[at + 8] = 2;
      return bytes;
    };
    const { useBackend } = await import("cnn");
    const { tf, threads, reason } = await useBackend("wasm", { threads: 4 });
    ${computed}`);
  const [line, result, ...rest] = printed.split("\n");
  assert(line.includes("computes on one thread"), printed);
  assert(
    result.startsWith(
      "1 256 asked for; one thread: @tensorflow/tfjs-backend-wasm is not",
    ),
    printed,
  );
  assertEquals(rest, []);
});

Deno.test("useBackend() falls back to one thread where tfjs's engine was started before", async () => {
  const printed = await program(`import * as tf from "@tensorflow/tfjs";
    import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
    import { createRequire } from "node:module";
    const { resolve } = createRequire("${import.meta.url}");
    const entry = resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(entry.replace(/[^\\/\\\\]*$/, ""));
    await tf.setBackend("wasm");
    const { useBackend } = await import("cnn");
    const { threads, reason } = await useBackend("wasm", { threads: 4 });
    ${computed}`);
  const why =
    "one thread: TensorFlow.js's engine was started before useBackend() could share its memory";
  assertEquals(
    printed,
    `useBackend("wasm") computes on ${why}\n1 256 asked for; ${why}`,
  );
});

Deno.test("threads that did not start are not asked for again", async () => {
  const { tf, threads } = await useBackend("wasm");
  const pool = engine(tf).threads;
  pool.start = () => Promise.reject(new Error("no room"));
  try {
    await assertRejects(
      () => useBackend("wasm", { threads: threads + 1 }),
      Error,
      "no room",
    );
  } finally {
    delete (pool as Partial<typeof pool>).start; // the class's own again
  }
  assertEquals((await useBackend("wasm")).threads, threads);
});

Deno.test("batch normalisation reads right where memory grows on the way to it", async () => {
  assertEquals(
    await program(`delete globalThis.SharedArrayBuffer; // old views are lost
      const { useBackend } = await import("cnn");
      const { tf } = await useBackend("cpu");
      const of = (value) => tf.fill([1 << 20], value);
      const x = tf.fill([1, 1, 1, 1 << 20], 5);
      const given = [of(1), of(4), of(3), of(2)];
      await useBackend("wasm", { threads: 1 });
      const y = tf.batchNorm(x, ...given, 0).dataSync();
      console.log(y[0], y.every((value) => value === y[0]));`),
    "7 true",
  );
});

Deno.test("useBackend() keeps to the threads that a grader allows", async () => {
  assertEquals(
    await program(`globalThis[Symbol.for("cnn.threadLimit")] = 1;
      const { useBackend } = await import("cnn");
      const { tf, threads, reason } = await useBackend("wasm", { threads: 4 });
      ${computed}`),
    "1 256 asked for; 1 thread: more are not allowed here",
  );
});

Deno.test("withSharedMemory() changes one byte and refuses what it does not know", async () => {
  const binary = await Deno.readFile(
    new URL("../../lib/engine/kernels/kernels.wasm", import.meta.url),
  );
  const shared = withSharedMemory(binary)!;
  assertEquals(shared.filter((byte, i) => byte !== binary[i]).length, 1);
  const memory = new WebAssembly.Memory({
    ...{ initial: 256, maximum: 65536 },
    shared: true,
  });
  new WebAssembly.Instance(new WebAssembly.Module(shared), { env: { memory } });
  assertEquals(withSharedMemory(shared), undefined); // it is shared already
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  assertEquals(withSharedMemory(empty), undefined);
});
