import { assertEquals } from "@std/assert";
import type { Tensor } from "@tensorflow/tfjs";
import { useBackend } from "cnn";
import { assertClose, assertSameAsCpu } from "./compare.ts";

Deno.test("Add on wasm agrees with cpu", async () => {
  for (
    const [a, b] of [
      [[5, 7], [5, 7]],
      [[3, 5, 5, 6], [6]],
      [[7, 3], [1, 3]],
      [[1, 1], [1]],
      [[3, 10], [10]],
      [[4, 1, 3], [1, 5, 3]], // left to tfjs
      [[3], [4, 3]],
      [[4, 3], []],
    ]
  ) {
    await assertSameAsCpu({
      kernel: "Add",
      inputs: { a: { shape: a }, b: { shape: b } },
      attrs: {},
    });
  }
});

Deno.test("bounds as large as addresses of scratch are numbers, on one thread and on two", async () => {
  // 2 ** 40 and more are addresses where a call takes an address.
  const [low, high] = [2e12, 3e12].map(Math.fround);
  for (const threads of [1, 2]) {
    const { tf } = await useBackend("wasm", { threads });
    for (const size of [3, 40_000]) {
      const y = tf.tidy(() =>
        tf.fill([size], 2.5e12).concat(tf.tensor1d([1, 9e12]))
          .clipByValue(low, high).dataSync()
      );
      assertEquals([...y.slice(size - 1)], [Math.fround(2.5e12), low, high]);
    }
  }
});

Deno.test("Sum on wasm agrees with cpu", async () => {
  for (
    const [shape, axis] of [
      [[5, 7], [0]],
      [[3, 5, 5, 6], [0, 1, 2]],
      [[600, 3, 3], [0]],
      [[2001, 33], [0]],
      [[4, 5, 6], [0, 1]],
      [[4, 5, 6], [1]], // left to tfjs
      [[4, 5, 6], [2]],
      [[4, 5, 6], [0, 1, 2]],
    ]
  ) {
    for (const keepDims of [false, true]) {
      await assertSameAsCpu({
        kernel: "Sum",
        inputs: { x: { shape } },
        attrs: { axis, keepDims },
      });
    }
  }
});

Deno.test("the gradient of Relu on wasm lets through what was positive, and what was NaN", async () => {
  const { tf } = await useBackend("wasm");
  tf.tidy(() => {
    const x = tf.tensor1d([-1, 0, 2, NaN, 3]);
    const dy = tf.tensor1d([10, 20, 30, 40, 50]);
    assertEquals([...tf.grad((x) => tf.relu(x))(x, dy).dataSync()], [
      0,
      0,
      30,
      40,
      50,
    ]);
    // The second derivative of relu(x)^2 is 2 where x is positive.
    const second = tf.grad((x) =>
      tf.grad((x) => tf.square(tf.relu(x)))(x).sum()
    );
    assertEquals([...second(tf.tensor1d([-1, 2, 5])).dataSync()], [0, 2, 2]);
  });
});

Deno.test("a ReLU6 layer on wasm is one kernel each way, with the bits of tfjs's two", async () => {
  const { tf } = await useBackend("wasm", { threads: 2 });
  const layer = tf.layers.activation({ activation: "relu6" });
  for (const shape of [[7], [3, 41, 67], [2, 1]]) {
    const [x, dy] = tf.tidy(() => [
      tf.add(tf.mul(tf.randomNormal(shape, 0, 4, "float32", 1), 1), 3),
      tf.randomNormal(shape, 0, 1, "float32", 2),
    ]);
    const odd = [0, 6, -0, Infinity, -Infinity, 5.9999995, 1e-40];
    const given = tf.tidy(() =>
      tf.tensor(
        Float32Array.from(
          x.dataSync(),
          (value: number, i: number) => odd[i] ?? value,
        ),
        shape,
      )
    );
    const own = (x: Tensor) => layer.apply(x) as Tensor;
    const two = (x: Tensor) => tf.minimum(6, tf.relu(x));
    const [found, right] = [own, two].map((way) =>
      tf.tidy(() =>
        [way(given), tf.grad(way)(given, dy)]
          .map((one) => [...one.dataSync()])
      )
    );
    assertEquals(found, right);
    const { kernels } = await tf.profile(() => tf.grad(own)(given, dy));
    const names = kernels.map(({ name }) => name);
    assertEquals(
      ["Relu6", "Relu6Gradient"].map((name) => names.includes(name)),
      [true, true],
    );
    assertEquals(names.includes("Minimum"), false);
    const second = tf.tidy(() =>
      tf.grad((x: Tensor) => tf.square(tf.grad(own)(x, dy)))(given).dataSync()
    );
    assertEquals(second.every((value) => value === 0), true);
    tf.dispose([x, dy, given]);
  }
  const nan = tf.tidy(
    () => [...(layer.apply(tf.tensor([NaN, 1, 7])) as Tensor).dataSync()],
  );
  assertEquals(nan, [NaN, 1, 6]);
});

Deno.test("Identity on wasm shares memory until the last clone goes", async () => {
  const { tf } = await useBackend("wasm");
  const x = tf.tensor1d([1, 2, 3]);
  const copy = x.clone();
  x.dispose();
  assertEquals([...copy.dataSync()], [1, 2, 3]);
  copy.dispose();
});

Deno.test("Sub and Multiply on wasm agree with cpu", async () => {
  for (const kernel of ["Sub", "Multiply"]) {
    for (
      const [a, b] of [
        [[5, 7], [5, 7]],
        [[3, 5, 5, 6], [6]],
        [[300, 3], [1, 3]],
        [[6], [3, 5, 6]],
        [[4, 3], []],
        [[], [4, 3]],
        [[1], [1, 1]],
        [[0, 3], [3]],
        [[4, 1, 3], [1, 5, 3]], // left to tfjs
      ]
    ) {
      await assertSameAsCpu({
        kernel,
        inputs: { a: { shape: a }, b: { shape: b } },
        attrs: {},
      });
    }
  }
});

Deno.test("Mean on wasm agrees with cpu, and so does its gradient", async () => {
  for (
    const [shape, axis] of [
      [[5, 7], [0]],
      [[3, 5, 5, 6], [1, 2]],
      [[3, 5, 5, 6], [0, 1, 2]],
      [[4, 5, 6], [2]], // left to tfjs
      [[4, 5, 6], [0, 2]],
      [[4, 5], [0, 1]],
    ]
  ) {
    await assertSameAsCpu({
      kernel: "Mean",
      inputs: { x: { shape } },
      attrs: { axis, keepDims: false },
    });
    const values: number[][] = [];
    for (const backend of ["cpu", "wasm"] as const) {
      const { tf } = await useBackend(backend);
      values.push(tf.tidy(() => {
        const x = tf.randomNormal(shape, 0, 1, "float32", 5);
        return [...tf.grad((x) => tf.mean(x, axis).square())(x).dataSync()];
      }));
    }
    assertClose(values[1], values[0], `gradient of mean ${shape} ${axis}`);
  }
});

Deno.test("Cast on wasm shares memory from float to float and converts else", async () => {
  const { tf } = await useBackend("wasm");
  const x = tf.tensor1d([1.5, -2.5, 3]);
  const same = tf.engine().runKernel("Cast", { x }, {
    dtype: "float32",
  }) as typeof x;
  assertEquals(same.dataId, x.dataId);
  const whole = tf.cast(x, "int32");
  x.dispose();
  assertEquals([...same.dataSync()], [1.5, -2.5, 3]);
  assertEquals(whole.dtype, "int32");
  assertEquals([...whole.dataSync()], [1, -2, 3]);
  tf.dispose([same, whole]);
});
