import { assertEquals, assertThrows } from "@std/assert";
import type * as tf from "@tensorflow/tfjs";
import { useBackend } from "cnn";
import { assertClose } from "./compare.ts";

/** Five steps of Adam on a small problem; returns weights and moments. */
async function train(backend: "cpu" | "wasm", keepClone = false) {
  const { tf } = await useBackend(backend);
  const before = tf.memory().numTensors;
  const optimizer = tf.train.adam(0.05, 0.8, 0.95);
  const w = tf.variable(tf.tensor2d([[1, -2, 3], [0.5, 0, -1]]));
  const b = tf.variable(tf.tensor1d([0, 1, 2, 3, 4]));
  const clone = w.clone();
  const clones = [];
  for (let i = 0; i < 5; i++) {
    optimizer.minimize(
      () => tf.add(tf.sum(tf.square(w)), tf.sum(tf.exp(b))).asScalar(),
      false,
      [w, b],
    );
    if (keepClone) {
      const state = await optimizer.getWeights();
      state[0].tensor.dispose(); // the number of steps, made anew each time
      clones.push(...state.slice(1).map(({ tensor }) => tensor.clone()));
    }
  }
  const state = await optimizer.getWeights();
  const values = [w, b, ...state.map(({ tensor }) => tensor)]
    .map((t) => [...t.dataSync()]);
  assertEquals([...clone.dataSync()], [1, -2, 3, 0.5, 0, -1]);
  tf.dispose([w, b, clone, ...clones]);
  optimizer.dispose();
  state[0].tensor.dispose();
  return { values, leaked: tf.memory().numTensors - before };
}

Deno.test("Adam on wasm takes the steps that it takes on cpu", async () => {
  const expected = await train("cpu");
  for (const keepClone of [false, true]) {
    const found = await train("wasm", keepClone);
    expected.values.forEach((values, i) =>
      assertClose(found.values[i], values, `array ${i}`, 1e-5)
    );
    assertEquals(found.leaked, expected.leaked);
  }
});

Deno.test("Adam goes on when the engine changes", async () => {
  const run = async (engines: ("cpu" | "wasm")[]) => {
    const { tf } = await useBackend(engines[0]);
    const optimizer = tf.train.adam(0.1);
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    for (const engine of engines) {
      await useBackend(engine);
      optimizer.minimize(() => tf.sum(tf.square(w)).asScalar(), false, [w]);
    }
    const values = [...w.dataSync()];
    tf.dispose(w);
    optimizer.dispose();
    return values;
  };
  assertClose(
    await run(["wasm", "cpu", "wasm", "wasm"]),
    await run(["cpu", "cpu", "cpu", "cpu"]),
    "weights",
    1e-5,
  );
});

Deno.test("an optimizer that is given another list of weights moves none by another's past", async () => {
  const { tf } = await useBackend("wasm");
  const long = tf.variable(tf.ones([1000])), short = tf.variable(tf.ones([3]));
  for (
    const make of [() => tf.train.adam(0.1), () => tf.train.momentum(0.1, 0.9)]
  ) {
    const optimizer = make();
    const step = (...list: tf.Variable[]) =>
      optimizer.minimize(
        () => list.map((x) => tf.sum(tf.square(x))).reduce(tf.add) as tf.Scalar,
        false,
        list,
      )?.dispose();
    step(short);
    assertThrows(() => step(long), Error, "broadcast");
    optimizer.dispose();
  }
  tf.dispose([long, short]);
});
