import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  fromTf,
  lenet,
  readWeights,
  tensor,
  tfjs,
  toTf,
  useBackend,
} from "cnn";
import { findAdapter, requireAdapter } from "../../lib/engine/adapter.ts";

Deno.test("useBackend() chooses an engine and says why", async () => {
  const { name, tf, reason } = await useBackend();
  assertEquals(tf.getBackend(), name);
  assert(reason.length > 0);
  assertEquals(tfjs(), tf);
});

Deno.test("useBackend() can be forced, and changed", async () => {
  for (const name of ["cpu", "wasm", "cpu"] as const) {
    const backend = await useBackend(name);
    assertEquals(backend.name, name);
    assertEquals(backend.tf.getBackend(), name);
  }
});

Deno.test("useBackend() called twice at once gives one engine, in a fresh process", async () => {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const code = `import { useBackend } from "cnn";
    const one = await Promise.all([1, 2, 3].map(() => useBackend("wasm")));
    if (new Set(one.map(({ tf }) => tf)).size !== 1) throw new Error("two");
    const { tf } = one[0];
    if (tf.getBackend() !== "wasm") throw new Error(tf.getBackend());
    const backend = tf.backend();
    await Promise.all([useBackend(), useBackend("wasm")]);
    if (tf.backend() !== backend) throw new Error("another engine");
    const y = tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), 1, "same");
    console.log(y.dataSync()[5]);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", decodeURIComponent(config), code],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assertEquals([text.decode(stderr), text.decode(stdout)], ["", "9\n"]);
});

Deno.test("useBackend() starts wasm after its binary could not be read once", async () => {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const code = `import { useBackend } from "cnn";
    const real = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(new Error("no disk"));
    const first = await useBackend("wasm").catch((error) => error.message);
    globalThis.fetch = real;
    const { tf } = await useBackend("wasm");
    const y = tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), 1, "same");
    console.log(first, y.dataSync()[5]);`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", decodeURIComponent(config), code],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assertEquals(
    [text.decode(stderr), text.decode(stdout)],
    ["", "no disk 9\n"],
  );
});

Deno.test("useBackend() called for several engines at once keeps the last", async () => {
  const names = ["wasm", "cpu", "wasm", "cpu", "wasm"] as const;
  const all = await Promise.all(names.map((name) => useBackend(name)));
  assertEquals(all.map(({ name }) => name), [...names]);
  assertEquals(tfjs().getBackend(), "wasm");
  const last = await Promise.all([useBackend("wasm"), useBackend("cpu")]);
  assertEquals(last[1].tf.getBackend(), "cpu");
});

Deno.test("useBackend() starts an engine after a call that failed", async () => {
  const results = await Promise.allSettled([
    useBackend("gpu" as "cpu"),
    useBackend("wasm"),
    useBackend("nothing" as "cpu"),
    useBackend("cpu"),
  ]);
  assertEquals(results.map(({ status }) => status), [
    ...["rejected", "fulfilled", "rejected", "fulfilled"],
  ] as typeof results[number]["status"][]);
  assertEquals(tfjs().getBackend(), "cpu");
});

Deno.test("useBackend() refuses a name that it does not know", async () => {
  const error = await assertRejects(
    () => useBackend("gpu" as "cpu"),
    TypeError,
  );
  assertEquals(
    error.message,
    'useBackend() expects the name "webgpu", "wasm" or "cpu" but found "gpu": check the spelling',
  );
});

Deno.test("useBackend() refuses webgpu where there is no adapter", () => {
  assertThrows(
    () => requireAdapter({ kind: "none", description: "no WebGPU" }),
    Error,
    "expects a graphics adapter but found none (no WebGPU)",
  );
});

Deno.test("findAdapter() tells hardware from software and from nothing", async () => {
  const ask = async (adapter: object | null) =>
    (await findAdapter({ requestAdapter: () => Promise.resolve(adapter) }))
      .kind;
  assertEquals(await ask(null), "none");
  assertEquals(
    await ask({ info: { description: "llvmpipe (LLVM 15)" } }),
    "software",
  );
  assertEquals(
    await ask({ info: { vendor: "google", architecture: "swiftshader" } }),
    "software",
  );
  assertEquals(await ask({ isFallbackAdapter: true }), "software");
  assertEquals(
    await ask({ info: { description: "NVIDIA GeForce RTX 3060" } }),
    "hardware",
  );
});

Deno.test("useBackend() starts anywhere and prints nothing", async () => {
  const folder = await Deno.makeTempDir();
  // The test tasks hide the graphics adapter; here it is looked for.
  const { XDG_RUNTIME_DIR: _, DENO_WEBGPU_BACKEND: __, ...environment } = Deno
    .env.toObject();
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const code = `import { useBackend, tensor, toTf, fromTf } from "cnn";
    for (const name of [undefined, "wasm", "cpu"] as const) {
      const { tf } = await useBackend(name);
      const y = tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), 1, "same");
      if ((await fromTf(y)).data[5] !== 9) throw new Error("wrong");
      toTf(tensor([1])).dispose();
    }`;
  try {
    const { code: status, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: ["eval", "--config", config, code],
        cwd: folder,
        env: { ...environment, NO_COLOR: "1" },
        clearEnv: true,
      },
    ).output();
    const text = new TextDecoder();
    assertEquals(text.decode(stdout), "");
    assertEquals(text.decode(stderr), "");
    assertEquals(status, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("toTf() and fromTf() keep shape and values and copy", async () => {
  for (const name of ["wasm", "cpu"] as const) {
    await useBackend(name);
    const x = tensor([[1, 2, 3], [4, 5, 6]]);
    const moved = toTf(x);
    x.data[0] = 100;
    const back = await fromTf(moved);
    assertEquals(back.shape, [2, 3]);
    assertEquals([...back.data], [1, 2, 3, 4, 5, 6]);
    back.data[0] = 200;
    assertEquals((await fromTf(moved)).data[0], 1);
    moved.dispose();
  }
});

Deno.test("fromTf() refuses strings", async () => {
  await useBackend("cpu");
  const words = tfjs().tensor(["a"]);
  await assertRejects(() => fromTf(words), TypeError, "dtype string");
  words.dispose();
});

Deno.test("toTf(), fromTf() and readWeights() say what they were given instead", async () => {
  await useBackend("cpu");
  // Notebook cells are not type-checked, so wrong types do arrive.
  // deno-lint-ignore no-explicit-any
  const wrong = (value: unknown): any => value;
  assertThrows(
    () => toTf(wrong([1, 2])),
    TypeError,
    "toTf() expects a tensor as x but found [1, 2]: make one with tensor(values)",
  );
  for (const value of [undefined, tensor([1]), 3]) {
    await assertRejects(
      () => fromTf(wrong(value)),
      TypeError,
      "fromTf() expects a tensor of TensorFlow.js but found",
    );
    await assertRejects(
      () => readWeights(wrong(value), lenet()),
      TypeError,
      "readWeights() expects a model of TensorFlow.js but found",
    );
  }
});
